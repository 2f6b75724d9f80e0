using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Worker;

/// <summary>Reads certificates from files.</summary>
internal static class CertificateInput
{
    /// <summary>One's own, with its private key.</summary>
    internal static X509Certificate2 Own(string file, string? key, string? password) => Read("--certificate", file, () =>
    {
        if (Path.GetExtension(file).ToUpperInvariant() is ".PFX" or ".P12")
        {
            var packed = X509CertificateLoader.LoadPkcs12FromFile(file, password);
            return packed.HasPrivateKey ? packed : throw new ToolException($"--certificate '{file}' has no private key.");
        }

        using var read = password is null ? X509Certificate2.CreateFromPemFile(file, key ?? file) : X509Certificate2.CreateFromEncryptedPemFile(file, password, key ?? file);

        // Windows does TLS only with keys from a store or a .pfx.
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    });

    internal static X509Certificate2Collection Authorities(string file) => Read("--authority", file, () =>
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0 ? authorities : throw new ToolException($"--authority '{file}' has no certificate.");
    });

    private static T Read<T>(string option, string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ToolException($"{option} '{file}': {error.Message}", error);
        }
    }
}
