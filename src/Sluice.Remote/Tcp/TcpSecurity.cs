using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Sluice;

/// <summary>The security of <see cref="RemoteEnvironments.Tcp"/>: the two sides know each other by a secret that both have, by TLS 1.3 with certificates of both,
/// or by both. Without either, nothing is listened on and nothing is dialled.</summary>
/// <remarks>A client that is accepted runs code of the listening application with values of its own. With a secret alone, what is sent can
/// be read and changed on its way, so off loopback that takes <see cref="AllowUnencrypted"/>; with TLS it cannot. A certificate that is refused is named
/// in the errors and logs of both sides, by subject and fingerprint, with the reason. Thread safety: fill it before its first use; from then on any number of runs and listeners may
/// use it.</remarks>
public sealed class TcpSecurity
{
    /// <summary>The number of bytes of UTF-8 that a secret has at least: 16.</summary>
    public const int MinSecretBytes = Sluice.Secret.MinBytes;

    private Secret? _secret;

    /// <summary>The secret that both sides know: at least 16 bytes in UTF-8. Each side proves that it knows it with a challenge of the other; it is never
    /// sent, and in no log or message. Default: none. It cannot be read back.</summary>
    /// <exception cref="ArgumentException">Thrown: it has fewer than 16 bytes.</exception>
    public string? Secret
    {
        init => _secret = value is null ? null : new Secret(value);
    }

    /// <summary>This side's certificate, with its private key. A listener with a certificate speaks TLS 1.3 only, and asks each
    /// client for one. Default: none.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Authorities of which one must have issued the other side's certificate. Default: none.</summary>
    public X509Certificate2Collection Authorities { get; } = [];

    /// <summary>SHA-256 fingerprints, in hexadecimal, of certificates that are trusted as they are: of any issuer, for any name, at any time.
    /// In upper or lower case, with colons or without, as <c>openssl x509 -noout -fingerprint -sha256</c> prints them. Default: none.</summary>
    /// <remarks>To add what is no such fingerprint throws an <see cref="ArgumentException"/>.</remarks>
    public ICollection<string> TrustedFingerprints { get; } = new FingerprintSet();

    /// <summary>The name that the listener's certificate must have. Default: null, the host that is dialled.</summary>
    public string? ServerName { get; init; }

    /// <summary>Gets whether a loopback address needs neither: then any user of this host can connect. Default: no.</summary>
    public bool AllowInsecureLoopback { get; init; }

    /// <summary>Gets whether a secret alone is enough on an address that is not a loopback one: then who is on the way can read and change what is sent. For
    /// networks that protect it themselves, such as a VPN. Default: no.</summary>
    public bool AllowUnencrypted { get; init; }

    /// <summary>Gets whether the connection is encrypted.</summary>
    private bool UsesTls => Certificate is not null || Authorities.Count > 0 || TrustedFingerprints.Count > 0;

    internal WireSecurity ToWire() => new()
    {
        Secret = _secret,
        AllowInsecureLoopback = AllowInsecureLoopback,
        AllowUnencrypted = AllowUnencrypted,
        Tls = UsesTls
            ? new WireTls { Certificate = Certificate, Authorities = Authorities, Pinned = [.. TrustedFingerprints], ServerName = ServerName }
            : null,
    };
}
