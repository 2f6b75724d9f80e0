namespace Sluice.Tests;

/// <summary>Fingerprints as people have them, and what is none.</summary>
public sealed class FingerprintTests
{
    private const string Plain = "284262 68bf974ef480934424 65c9bea826e13e3f1b0555178b98880db7010782";
    private const string Printed = "28:42:62:68:BF:97:4E:F4:80:93:44:24:65:C9:BE:A8:26:E1:3E:3F:1B:05:55:17:8B:98:88:0D:B7:01:07:82";

    private static string Lower => Plain.Replace(" ", "", StringComparison.Ordinal);

    [Fact]
    public void Colons_and_case_make_no_difference()
    {
        var security = new TcpSecurity { TrustedFingerprints = { Printed } };
        security.TrustedFingerprints.Add(Lower);
        security.TrustedFingerprints.Add($" {Lower.ToUpperInvariant()}\n");

        Assert.Equal([Lower.ToUpperInvariant()], security.TrustedFingerprints);
        var isThere = security.TrustedFingerprints.Contains(Printed.ToLowerInvariant()); // the collection's own, not the assertion's look at each
        Assert.True(isThere);
        Assert.Equal([Lower.ToUpperInvariant()], security.ToWire().Tls!.Pinned);
        Assert.True(security.TrustedFingerprints.Remove(Lower));
        Assert.Empty(security.TrustedFingerprints);
        Assert.Null(security.ToWire().Tls);
    }

    /// <summary>It was taken, and then no certificate was ever trusted.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("12ab")]
    [InlineData("worker.pem")]
    [InlineData("sha256 Fingerprint=28:42")]
    [InlineData("28426268bf974ef48093442465c9bea826e13e3f1b0555178b98880db70107829")]
    [InlineData("g8426268bf974ef48093442465c9bea826e13e3f1b0555178b98880db7010782")]
    public void What_is_no_fingerprint_is_refused_at_once(string text)
    {
        var security = new TcpSecurity();
        var error = Assert.Throws<ArgumentException>(() => security.TrustedFingerprints.Add(text));
        Assert.Contains($"'{text}' is not the SHA-256 fingerprint of a certificate", error.Message, StringComparison.Ordinal);
        Assert.Contains("openssl x509", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(text, security.TrustedFingerprints);
        Assert.Throws<ArgumentNullException>(() => security.TrustedFingerprints.Add(null!));
    }

    [Fact]
    public void A_fingerprint_by_SHA_1_is_called_that() =>
        Assert.Contains("SHA-1", Assert.Throws<ArgumentException>(() => new TcpSecurity { TrustedFingerprints = { "28:42:62:68:BF:97:4E:F4:80:93:44:24:65:C9:BE:A8:26:E1:3E:3F" } }).Message, StringComparison.Ordinal);
}
