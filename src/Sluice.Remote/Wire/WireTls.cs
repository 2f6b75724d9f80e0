using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Sluice;

/// <summary>TLS 1.3 for both sides: one's own certificate, and which of the other side's are trusted. Thread safety: immutable.</summary>
internal sealed class WireTls
{
    /// <summary>One's own certificate, with its private key. A server needs one; a client does if the server asks for it, which it does if it
    /// trusts any (<see cref="AsksForClients"/>).</summary>
    internal X509Certificate2? Certificate { get; init; }

    /// <summary>Who must have issued the other side's certificate. Default: nobody; for a client without <see cref="Pinned"/> then those
    /// whom the system trusts.</summary>
    internal X509Certificate2Collection? Authorities { get; init; }

    /// <summary>SHA-256 of certificates that are trusted as they are, whoever issued them, for whatever name and time, in hexadecimal.</summary>
    internal IReadOnlyCollection<string> Pinned { get; init; } = [];

    /// <summary>The name that the server's certificate must have; not asked of pinned ones. Default: that which is dialled.</summary>
    internal string? ServerName { get; init; }

    /// <summary>Whether a server with these options lets in only clients whose certificate it trusts.</summary>
    internal bool AsksForClients => Authorities is { Count: > 0 } || Pinned.Count > 0;

    internal SslServerAuthenticationOptions ForServer(CertificateCheck check) => new()
    {
        ServerCertificateContext = Context(),
        ClientCertificateRequired = AsksForClients,
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false, // each connection shows its certificate
        RemoteCertificateValidationCallback = check.Look,
    };

    internal SslClientAuthenticationOptions ForClient(string dialled, CertificateCheck check) => new()
    {
        TargetHost = ServerName ?? dialled,
        ClientCertificateContext = Certificate is null ? null : Context(),
        EnabledSslProtocols = SslProtocols.Tls13,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false,
        RemoteCertificateValidationCallback = check.Look,
    };

    /// <summary>Offline: a handshake is no reason to ask other hosts for certificates.</summary>
    private SslStreamCertificateContext Context() => SslStreamCertificateContext.Create(
        Certificate ?? throw new InvalidOperationException("TLS needs the server's certificate."),
        additionalCertificates: null,
        offline: true);
}
