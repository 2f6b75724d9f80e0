using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice;

/// <summary>The SHA-256 of a certificate, by which it is trusted as it is: 64 hexadecimal digits, as this library writes them, in upper case.</summary>
internal static class Fingerprint
{
    private const int Digits = 2 * SHA256.HashSizeInBytes;
    private const int Sha1Digits = 2 * SHA1.HashSizeInBytes;

    internal static string Of(X509Certificate certificate) => certificate.GetCertHashString(HashAlgorithmName.SHA256);

    /// <summary>Null if it is none.</summary>
    internal static string? TryParse(string text)
    {
        var digits = text.Trim().Replace(":", "", StringComparison.Ordinal);
        return digits.Length == Digits && digits.All(char.IsAsciiHexDigit) ? digits.ToUpperInvariant() : null;
    }

    /// <exception cref="ArgumentException">Thrown: it is none.</exception>
    internal static string Parse(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        return TryParse(text) ?? throw new ArgumentException(
            $"'{text}' is not the SHA-256 fingerprint of a certificate, which has {Digits} hexadecimal digits, with or without colons."
            + (text.Count(char.IsAsciiHexDigit) == Sha1Digits ? " It may be a SHA-1 fingerprint." : "")
            + " A certificate's is printed by: openssl x509 -in FILE -noout -fingerprint -sha256", parameter);
    }
}
