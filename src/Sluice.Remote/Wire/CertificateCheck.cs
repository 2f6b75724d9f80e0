using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice;

/// <summary>Looks at the certificate that the other side of one connection shows.</summary>
/// <remarks>The TLS handshake itself refuses no certificate: it could tell the other side only a number. So both sides hear in words, within TLS
/// and before anything else is said, which certificate is refused and why. Who uses it has to look at <see cref="Refusal"/> first of all.</remarks>
internal sealed class CertificateCheck(WireTls tls, WireRole theirs, string? dialled = null)
{
    private const string ServerPurpose = "1.3.6.1.5.5.7.3.1";
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";

    private bool _hasLooked;
    private string? _refusal;

    /// <summary>The reason why the other side is not trusted: a sentence with the certificate's subject and fingerprint. Null if it is.</summary>
    internal string? Refusal => _hasLooked || IsNotAsked ? _refusal : $"The {Who} has shown no certificate, and one is required.";

    /// <summary>A listener that trusts no certificates does not ask clients for one; then it has a secret.</summary>
    private bool IsNotAsked => theirs == WireRole.Client && !tls.AsksForClients;

    private string Who => theirs == WireRole.Client ? "client" : "listener";

    /// <summary>The callback of the TLS handshake: true always.</summary>
    internal bool Look(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        _hasLooked = certificate is X509Certificate2;
        if (certificate is X509Certificate2 shown && !IsNotAsked)
        {
            var reasons = Reasons(shown, chain, errors);
            _refusal = reasons.Count == 0
                ? null
                : $"The {Who}'s certificate '{shown.Subject}' (SHA-256 {Fingerprint.Of(shown)}) is not trusted: {string.Join("; ", reasons)}.";
        }

        return true;
    }

    private List<string> Reasons(X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        if (tls.Pinned.Contains(Fingerprint.Of(shown), StringComparer.OrdinalIgnoreCase))
        {
            return [];
        }

        var reasons = new List<string>();
        if (tls.Authorities is { Count: > 0 })
        {
            using var own = new X509Chain();
            if (!IsIssued(shown, chain, own))
            {
                AddReasons(reasons, shown, own);
            }
        }
        else if (tls.Pinned.Count > 0)
        {
            return [$"its fingerprint is none of the {tls.Pinned.Count} that are trusted"];
        }
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors))
        {
            AddReasons(reasons, shown, chain); // whom the system trusts
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && theirs == WireRole.Server)
        {
            reasons.Add($"it is for {Names(shown)} and not for the name '{tls.ServerName ?? dialled}'");
        }

        if (reasons.Count > 0 && tls.Pinned.Count > 0)
        {
            reasons.Add($"its fingerprint is none of the {tls.Pinned.Count} that are trusted");
        }

        return reasons;
    }

    private bool IsIssued(X509Certificate2 shown, X509Chain? sent, X509Chain chain)
    {
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(tls.Authorities!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(theirs == WireRole.Server ? ServerPurpose : ClientPurpose));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(shown);
    }

    private void AddReasons(List<string> reasons, X509Certificate2 shown, X509Chain? chain)
    {
        var before = reasons.Count;
        var found = (chain?.ChainStatus ?? []).Aggregate(X509ChainStatusFlags.NoError, static (all, status) => all | status.Status);
        var now = DateTime.Now;
        if ((found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.NotSignatureValid)) != 0)
        {
            reasons.Add($"it was issued by '{shown.Issuer}', which is {(tls.Authorities is { Count: > 0 } trusted ? $"none of the authorities that are trusted ({string.Join(", ", trusted.Select(static authority => $"'{authority.Subject}'"))})" : "no authority that the system trusts")}");
        }

        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            reasons.Add(now > shown.NotAfter ? $"it expired on {Time(shown.NotAfter)}"
                : now < shown.NotBefore ? $"it is not valid before {Time(shown.NotBefore)}"
                : "an authority of its chain is not valid now");
        }

        if (found.HasFlag(X509ChainStatusFlags.NotValidForUsage))
        {
            reasons.Add($"it is not made for a {(theirs == WireRole.Server ? "server" : "client")} (extended key usage)");
        }

        if (reasons.Count == before)
        {
            reasons.Add(string.Join(", ", (chain?.ChainStatus ?? []).Select(static status => status.StatusInformation.Trim().TrimEnd('.')).DefaultIfEmpty("its chain is not valid")));
        }
    }

    private static string Names(X509Certificate2 shown)
    {
        var names = shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(static extension =>
            extension.EnumerateDnsNames().Concat(extension.EnumerateIPAddresses().Select(static address => address.ToString()))).ToList();
        return names.Count == 0 ? "no name" : string.Join(", ", names.Select(static name => $"'{name}'"));
    }

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);
}
