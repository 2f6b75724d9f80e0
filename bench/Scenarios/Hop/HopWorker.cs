using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Bench;

/// <summary>A worker that listens on loopback, in a process of its own. With TLS both sides have the same certificate, made for this
/// run.</summary>
internal sealed class HopWorker : IDisposable
{
    private readonly Child _child;

    private HopWorker(Child child, Env env) => (_child, Env) = (child, env);

    /// <summary>A part of a pipeline that runs there.</summary>
    internal Env Env { get; }

    internal static HopWorker Start(bool isEncrypted)
    {
        using var certificate = isEncrypted ? HopChild.NewCertificate() : null;
        var bytes = certificate?.Export(X509ContentType.Pkcs12) ?? [];
        var child = Child.StartSelf("hop-worker");
        var port = int.Parse(child.Ask(Convert.ToBase64String(bytes))["port ".Length..], CultureInfo.InvariantCulture);
        return new(child, Env.Tcp(new IPEndPoint(IPAddress.Loopback, port), new TcpOptions { Security = SecurityOf(bytes) }));
    }

    public void Dispose() => _child.Dispose();

    /// <summary>The child: listens until its standard input ends.</summary>
    internal static async Task<int> RunAsync()
    {
        var security = SecurityOf(Convert.FromBase64String(Console.ReadLine()!));
        await using var worker = WorkerListener.Start(new IPEndPoint(IPAddress.Loopback, 0), new WorkerListenerOptions { Security = security });
        Console.WriteLine($"port {((IPEndPoint)worker.LocalEndPoint).Port}");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static TcpSecurity SecurityOf(byte[] certificate)
    {
        if (certificate.Length == 0)
        {
            return new() { AllowInsecureLoopback = true };
        }

        var own = X509CertificateLoader.LoadPkcs12(certificate, null);
        return new() { Certificate = own, TrustedFingerprints = { own.GetCertHashString(HashAlgorithmName.SHA256) } };
    }
}
