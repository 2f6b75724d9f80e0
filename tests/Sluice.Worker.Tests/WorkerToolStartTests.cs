using System.Reflection;
using System.Reflection.Emit;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.Tests;

/// <summary>The arguments of the tool, and those that it refuses.</summary>
[Trait("Category", "Process")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
public sealed class WorkerToolStartTests
{
    private const string Nowhere = "--app nowhere/App.dll";

    [Theory]
    [InlineData("", "command")]
    [InlineData("listen", "'--app' is required")]
    [InlineData("listen extra " + Nowhere, "'extra'")]
    [InlineData("listen " + Nowhere, "Nothing says who may connect")]
    [InlineData("listen --certificate c.pem " + Nowhere, "Nothing says who may connect")]
    [InlineData("listen --address 0.0.0.0:0 --insecure-loopback " + Nowhere, "--insecure-loopback is for loopback addresses")]
    [InlineData("listen --address 0.0.0.0:0 --secret-file f " + Nowhere, "a secret alone does not protect what is sent")]
    [InlineData("listen --address 7070 --insecure-loopback " + Nowhere, "--address '7070'")]
    [InlineData("listen --address 127.0.0.1 --insecure-loopback " + Nowhere, "--address '127.0.0.1'")]
    [InlineData("listen --address ::1 --insecure-loopback " + Nowhere, "--address '::1'")]
    [InlineData("listen --address localhost:99999 --insecure-loopback " + Nowhere, "--address 'localhost:99999'")]
    [InlineData("listen --secret-file f --secret-variable V " + Nowhere, "two secrets")]
    [InlineData("listen --authority a.pem " + Nowhere, "need a --certificate")]
    [InlineData("listen --certificate c.pem --trust 12ab " + Nowhere, "--trust '12ab'")]
    [InlineData("listen --max-frame 1000 --insecure-loopback " + Nowhere, "--max-frame '1000'")]
    [InlineData("listen --max-parts 0 --insecure-loopback " + Nowhere, "--max-parts '0'")]
    [InlineData("listen --max-unauthenticated 0 --insecure-loopback " + Nowhere, "--max-unauthenticated '0'")]
    [InlineData("listen --max-unauthenticated-per-address x --insecure-loopback " + Nowhere, "--max-unauthenticated-per-address 'x'")]
    [InlineData("listen --silence-timeout 0 --insecure-loopback " + Nowhere, "--silence-timeout '0'")]
    [InlineData("listen --handshake-timeout 1e9 --insecure-loopback " + Nowhere, "--handshake-timeout '1e9'")]
    public Task Wrong_usage_is_said_in_a_line(string arguments, string says) => AssertEnds(2, says, arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    [Theory]
    [InlineData("--insecure-loopback", "There is no application")]
    [InlineData("--secret-file nowhere/secret", "--secret-file 'nowhere/secret'")]
    [InlineData("--secret-variable SLUICE_TESTS_UNSET", "no environment variable 'SLUICE_TESTS_UNSET'")]
    [InlineData("--certificate nowhere/c.pem --authority nowhere/a.pem", "--certificate 'nowhere/c.pem'")]
    public Task What_is_not_there_is_said_in_a_line(string arguments, string says) => AssertEnds(1, says, ["listen", .. Nowhere.Split(' '), .. arguments.Split(' ')]);

    [Fact]
    public async Task A_secret_that_is_too_short_is_refused_without_being_shown()
    {
        using var folder = new TemporaryFolder();
        var file = WorkerTool.WriteSecret(folder, "swordfish", UnixFileMode.UserRead);

        var error = await AssertEnds(1, "at least 16 bytes", "listen", "--app", WorkerTool.Application, "--secret-file", file);

        Assert.DoesNotContain("swordfish", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_that_was_built_with_another_version_of_Sluice_is_refused()
    {
        using var folder = new TemporaryFolder();
        Emit(folder, "App", new Version(1, 0));
        Emit(folder, "Sluice", new Version(9, 8, 7));

        await AssertEnds(1, "built with Sluice 9.8.7, and this tool is of Sluice", "listen", "--insecure-loopback", "--app", folder.PathOf("App.dll"));
    }

    [Fact]
    public async Task An_application_without_Sluice_is_refused()
    {
        using var folder = new TemporaryFolder();
        Emit(folder, "App", new Version(1, 0));

        await AssertEnds(1, "does not use Sluice", "listen", "--insecure-loopback", "--app", folder.PathOf("App.dll"));
    }

    [Fact]
    public Task Two_applications_of_one_name_are_refused() =>
        AssertEnds(1, "Two applications are called 'Sluice.Worker.Tests'", "listen", "--insecure-loopback", "--app", WorkerTool.Application, "--app", WorkerTool.Application);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Certificates_of_both_sides_let_in(bool isPacked)
    {
        using var folder = new TemporaryFolder();
        using var server = CertificateOf("worker");
        using var client = CertificateOf("client");
        const string password = "open sesame";
        string[] own = isPacked
            ? ["--certificate", folder.Write("worker.pfx", server.Export(X509ContentType.Pkcs12, password)), "--password-variable", "SLUICE_TESTS_PASSWORD"]
            : ["--certificate", folder.Write("worker.pem", server.ExportCertificatePem()), "--key", folder.Write("key.pem", server.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem())];
        string[] trusted = isPacked
            ? ["--trust", BitConverter.ToString(client.GetCertHash(HashAlgorithmName.SHA256)).Replace('-', ':')]
            : ["--authority", folder.Write("authority.pem", client.ExportCertificatePem())];
        await using var tool = await WorkerTool.StartAsync(new Dictionary<string, string> { ["SLUICE_TESTS_PASSWORD"] = password }, [.. own, .. trusted]);
        var security = new TcpSecurity { Certificate = client, TrustedFingerprints = { server.GetCertHashString(HashAlgorithmName.SHA256) } };
        var strangers = new TcpSecurity { Certificate = server, TrustedFingerprints = { server.GetCertHashString(HashAlgorithmName.SHA256) } };

        Assert.Equal(3, await Wait.For(Source.From([1, 2, 3]).On(Env.Tcp(tool.Address, new() { Security = security })).To(Sink.Count<int>()).RunAsync()));
        await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(Source.From([1, 2, 3]).On(Env.Tcp(tool.Address, new() { Security = strangers })).To(Sink.Count<int>()).RunAsync()));
        Assert.Contains($"SHA-256 {server.GetCertHashString(HashAlgorithmName.SHA256)}", await tool.LineAsync("was not let in"), StringComparison.Ordinal);
    }

    private static async Task<string> AssertEnds(int exitCode, string says, params string[] arguments)
    {
        var run = await WorkerTool.RunAsync(arguments);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("Sluice.Worker: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
        return run.Error;
    }

    private static void Emit(TemporaryFolder folder, string name, Version version)
    {
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name) { Version = version }, typeof(object).Assembly);
        assembly.DefineDynamicModule(name);
        assembly.Save(folder.PathOf(name + ".dll"));
    }

    private static X509Certificate2 CertificateOf(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
    }
}
