using System.Net;
using System.Security.Authentication;

namespace Sluice.Tests;

/// <summary>The security of <see cref="Env.Tcp"/>.</summary>
[Trait("Category", "Network")]
public sealed class TcpSecurityTests : IDisposable
{
    private static readonly IPEndPoint s_anyPort = new(IPAddress.Loopback, 0);

    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _others = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task With_certificates_of_both_a_part_runs_behind_TLS()
    {
        using var server = _certificates.Issue("worker", TestCertificates.ForServer);
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        await using var worker = Listen(Trusting(_certificates, server));

        Assert.Equal(500, await Wait.For(CountOdd(worker, Trusting(_certificates, client))));
    }

    [Fact]
    public async Task A_certificate_that_is_trusted_by_its_fingerprint_needs_no_authority()
    {
        using var server = _others.Issue("whatever", TestCertificates.ForServer);
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        var security = new TcpSecurity { Certificate = server, TrustedFingerprints = { TestCertificates.Sha256(client) } };
        await using var worker = Listen(security);

        Assert.Equal(500, await Wait.For(CountOdd(worker, new TcpSecurity { Certificate = client, TrustedFingerprints = { TestCertificates.Sha256(server) } })));
    }

    [Fact]
    public async Task A_worker_whose_certificate_is_not_trusted_gets_nothing()
    {
        using var server = _others.Issue("worker", TestCertificates.ForServer);
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        await using var worker = Listen(Trusting(_certificates, server));

        await Assert.ThrowsAsync<AuthenticationException>(() => Wait.For(CountOdd(worker, Trusting(_certificates, client))));
    }

    [Fact]
    public async Task A_client_whose_certificate_is_not_trusted_is_not_let_in()
    {
        using var server = _certificates.Issue("worker", TestCertificates.ForServer);
        using var client = _others.Issue("client", TestCertificates.ForClient);
        await using var worker = Listen(Trusting(_certificates, server));

        await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(CountOdd(worker, Trusting(_certificates, client))));
        Assert.Equal(0, worker.Parts);
    }

    [Fact]
    public async Task A_secret_and_TLS_go_together()
    {
        using var server = _certificates.Issue("worker", TestCertificates.ForServer);
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        await using var worker = Listen(new TcpSecurity { Certificate = server, Authorities = { _certificates.Authority }, Secret = "known to both of us" });

        Assert.Equal(500, await Wait.For(CountOdd(worker, new TcpSecurity { Certificate = client, Authorities = { _certificates.Authority }, Secret = "known to both of us" })));
        var error = await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(CountOdd(worker, Trusting(_certificates, client))));
        Assert.DoesNotContain("known to both", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_secret_or_certificates_nothing_listens_and_nothing_connects()
    {
        Assert.Throws<InvalidOperationException>(() => Listen(new TcpSecurity()));
        await using var worker = Listen(new TcpSecurity { Secret = "known to both of us" });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(CountOdd(worker, new TcpSecurity())));
    }

    [Fact]
    public async Task On_loopback_neither_is_needed_if_that_is_said()
    {
        await using var worker = Listen(new TcpSecurity { AllowInsecureLoopback = true });

        Assert.Equal(500, await Wait.For(CountOdd(worker, new TcpSecurity { AllowInsecureLoopback = true })));
        Assert.Throws<InvalidOperationException>(() => WorkerListener.Start(new IPEndPoint(IPAddress.Any, 0), new WorkerListenerOptions { Security = new TcpSecurity { AllowInsecureLoopback = true } }));
    }

    [Fact]
    public async Task An_application_that_is_not_hosted_is_refused_with_the_names_of_those_that_are()
    {
        var security = new TcpSecurity { Secret = "known to both of us" };
        await using var worker = Listen(security);
        var options = new TcpOptions { Security = security, Application = "another one" };

        var error = await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(Source.From([1]).On(Env.Tcp(worker.LocalEndPoint, options)).To(Sink.Count<int>()).RunAsync()));

        Assert.Contains("'another one'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Sluice.Remote.Tests", error.Message, StringComparison.Ordinal);
    }

    private static WorkerListener Listen(TcpSecurity security) => WorkerListener.Start(s_anyPort, new WorkerListenerOptions { Security = security });

    private static TcpSecurity Trusting(TestCertificates authority, System.Security.Cryptography.X509Certificates.X509Certificate2 own) =>
        new() { Certificate = own, Authorities = { authority.Authority } };

    private static Task<long> CountOdd(WorkerListener worker, TcpSecurity security) =>
        Source.From(Enumerable.Range(0, 1_000)).On(Env.Tcp(worker.LocalEndPoint, new TcpOptions { Security = security })).Where(static item => item % 2 == 1).To(Sink.Count<int>()).RunAsync();
}
