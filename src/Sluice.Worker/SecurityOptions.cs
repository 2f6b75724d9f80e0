using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Sluice.Worker;

/// <summary>The options that say how worker and clients know each other. A secret and a password come from a file or a variable,
/// never from the command line, which other users can read.</summary>
internal sealed class SecurityOptions
{
    private const int FingerprintBytes = 32;

    private readonly Option<string> _secretFile = new("--secret-file") { HelpName = "FILE", Description = "A file with the secret that clients have to know: at least 16 bytes, one line end behind it does not count." };
    private readonly Option<string> _secretVariable = new("--secret-variable") { HelpName = "NAME", Description = "The environment variable with the secret, instead of a file. It is removed from the worker's environment." };
    private readonly Option<string> _certificate = new("--certificate") { HelpName = "FILE", Description = "The worker's certificate, .pfx or .pem: then TLS 1.3 only is spoken." };
    private readonly Option<string> _key = new("--key") { HelpName = "FILE", Description = "The private key of a .pem certificate, if it is in another file." };
    private readonly Option<string> _passwordVariable = new("--password-variable") { HelpName = "NAME", Description = "The environment variable with the password of the .pfx or of the key. It is removed from the worker's environment." };
    private readonly Option<string[]> _authorities = new("--authority") { HelpName = "FILE", Description = "A .pem file with certificates of which one must have issued a client's. May be given several times." };
    private readonly Option<string[]> _trusted = new("--trust") { HelpName = "FINGERPRINT", Description = "The SHA-256 of a client's certificate that is trusted whoever issued it, in hexadecimal. May be given several times." };
    private readonly Option<bool> _insecure = new("--insecure-loopback") { Description = "Let in any user of this host, without a secret or certificates. Only on a loopback address." };

    private readonly Option<bool> _unencrypted = new("--allow-unencrypted") { Description = "Listen with a secret alone on an address that other hosts can reach: who is on the way can read and change what is sent. For networks that protect it themselves." };

    internal void AddTo(Command command)
    {
        _trusted.Validators.Add(CheckFingerprints);
        foreach (var option in (ReadOnlySpan<Option>)[_secretFile, _secretVariable, _certificate, _key, _passwordVariable, _authorities, _trusted, _insecure, _unencrypted])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="UsageException">These options do not go together, or let in anybody.</exception>
    internal void Check(ParseResult found, IPEndPoint address)
    {
        var hasSecret = Has(found, _secretFile) || Has(found, _secretVariable);
        var trusts = Has(found, _authorities) || Has(found, _trusted);
        var wrong = Has(found, _secretFile) && Has(found, _secretVariable) ? "--secret-file and --secret-variable are two secrets; give one."
            : !Has(found, _certificate) && (Has(found, _key) || Has(found, _passwordVariable) || trusts) ? "--key, --password-variable, --authority and --trust need a --certificate."
            : hasSecret && !Has(found, _certificate) && !IPAddress.IsLoopback(address.Address) && !found.GetValue(_unencrypted)
                ? $"{address} is not a loopback address, and a secret alone does not protect what is sent. Give a --certificate, or --allow-unencrypted if the network protects it."
            : hasSecret || trusts ? null
            : !found.GetValue(_insecure) ? "Nothing says who may connect. Give a secret (--secret-file, --secret-variable), or a --certificate with --authority or --trust."
            : !IPAddress.IsLoopback(address.Address) ? $"--insecure-loopback is for loopback addresses, and {address} is none."
            : null;
        if (wrong is not null)
        {
            throw new UsageException(wrong);
        }
    }

    /// <exception cref="ToolException">A file or variable is not what it should be.</exception>
    internal TcpSecurity Read(ParseResult found, Log log)
    {
        var security = new TcpSecurity
        {
            AllowInsecureLoopback = found.GetValue(_insecure),
            AllowUnencrypted = found.GetValue(_unencrypted),
            Secret = found.GetValue(_secretFile) is { } file ? SecretInput.FromFile(file, log)
                : found.GetValue(_secretVariable) is { } variable ? SecretInput.FromVariable(variable)
                : null,
            Certificate = found.GetValue(_certificate) is { } certificate
                ? CertificateInput.Own(certificate, found.GetValue(_key), found.GetValue(_passwordVariable) is { } password ? SecretInput.TakeVariable(password) : null)
                : null,
        };
        foreach (var authority in found.GetValue(_authorities) ?? [])
        {
            security.Authorities.AddRange(CertificateInput.Authorities(authority));
        }

        foreach (var fingerprint in found.GetValue(_trusted) ?? [])
        {
            security.TrustedFingerprints.Add(Digits(fingerprint));
        }

        return security;
    }

    private static bool Has(ParseResult found, Option option) => found.GetResult(option) is { Implicit: false };

    /// <summary>Tools print them with colons.</summary>
    private static string Digits(string fingerprint) => fingerprint.Replace(":", "", StringComparison.Ordinal);

    private static void CheckFingerprints(OptionResult found)
    {
        foreach (var token in found.Tokens)
        {
            var digits = Digits(token.Value);
            if (digits.Length != 2 * FingerprintBytes || !digits.All(char.IsAsciiHexDigit))
            {
                found.AddError(string.Create(CultureInfo.InvariantCulture, $"--trust '{token.Value}' is not a SHA-256 fingerprint: {2 * FingerprintBytes} hexadecimal digits."));
            }
        }
    }
}
