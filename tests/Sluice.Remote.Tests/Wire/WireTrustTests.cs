using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>The messages of both sides when one of them is not trusted, or only one speaks TLS.</summary>
[Trait("Category", "Network")]
public sealed class WireTrustTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _others = new();
    private readonly List<string> _log = [];

    public void Dispose()
    {
        _certificates.Dispose();
        _others.Dispose();
    }

    [Theory]
    [InlineData("foreign", "it was issued by 'CN=The tests' authority', which is none of the authorities that are trusted")]
    [InlineData("expired", "it expired on ")]
    [InlineData("purpose", "it is not made for a client")]
    [InlineData("none", "The client has shown no certificate, and one is required.")]
    public void A_client_that_is_not_trusted_is_named_with_the_reason_at_both_ends(string wrong, string reason)
    {
        using var certificate = wrong switch
        {
            "foreign" => _others.Issue("client", TestCertificates.ForClient),
            "expired" => _certificates.Issue("client", TestCertificates.ForClient, hasExpired: true),
            "purpose" => _certificates.Issue("client", TestCertificates.ForServer),
            _ => null,
        };
        using var listener = Listen(Server());

        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(Client(certificate))));

        Assert.Equal(RefusalReason.Authentication, refusal.Reason);
        AssertSaid(refusal.Message, certificate, reason);
        AssertSaid(WaitForLine("was not let in"), certificate, reason);
        Assert.Equal(0, listener.Sessions);
    }

    [Theory]
    [InlineData("foreign", "it was issued by 'CN=The tests' authority', which is none of the authorities that are trusted")]
    [InlineData("expired", "it expired on ")]
    [InlineData("purpose", "it is not made for a server")]
    [InlineData("name", "it is for 'localhost', '127.0.0.1' and not for the name 'elsewhere.example'")]
    public void A_listener_that_is_not_trusted_is_named_with_the_reason_at_both_ends(string wrong, string reason)
    {
        using var certificate = wrong switch
        {
            "foreign" => _others.Issue("localhost", TestCertificates.ForServer),
            "expired" => _certificates.Issue("localhost", TestCertificates.ForServer, hasExpired: true),
            "purpose" => _certificates.Issue("localhost", TestCertificates.ForClient),
            _ => _certificates.Issue("localhost", TestCertificates.ForServer),
        };
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        using var listener = Listen(new() { Tls = new() { Certificate = certificate, Authorities = _certificates.Trusted } });
        var security = new WireSecurity { Tls = new() { Certificate = client, Authorities = _certificates.Trusted, ServerName = wrong == "name" ? "elsewhere.example" : null } };

        var error = Assert.Throws<AuthenticationException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(security)));

        AssertSaid(error.Message, certificate, reason);
        AssertSaid(WaitForLine("It refuses this side"), certificate, reason);
        Assert.Equal(0, listener.Sessions);
    }

    [Fact]
    public void A_fingerprint_that_is_not_trusted_is_named_at_both_ends_on_either_side()
    {
        using var server = _others.Issue("worker", TestCertificates.ForServer);
        using var client = _others.Issue("client", TestCertificates.ForClient);
        using var listener = Listen(new() { Tls = new() { Certificate = server, Pinned = [TestCertificates.Sha256(server)] } });

        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(Pinning(client, server))));
        AssertSaid(refusal.Message, client, "its fingerprint is none of the 1 that are trusted");
        AssertSaid(WaitForLine("The client's certificate"), client, "its fingerprint is none of the 1 that are trusted");

        var error = Assert.Throws<AuthenticationException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(Pinning(server, client))));
        AssertSaid(error.Message, server, "its fingerprint is none of the 1 that are trusted");
        AssertSaid(WaitForLine("The listener's certificate"), server, "its fingerprint is none of the 1 that are trusted");
    }

    [Fact]
    public void A_certificate_that_only_the_system_could_trust_is_named_with_the_reason()
    {
        using var server = _certificates.Issue("localhost", TestCertificates.ForServer);
        using var listener = Listen(new() { Secret = BySecret.Secret, Tls = new() { Certificate = server } });

        var error = Assert.Throws<AuthenticationException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(new() { Secret = BySecret.Secret, Tls = new() })));

        AssertSaid(error.Message, server, "which is no authority that the system trusts");
    }

    [Fact]
    public void A_client_without_TLS_is_told_that_the_listener_speaks_it()
    {
        using var listener = Listen(Server());

        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing()));

        Assert.Equal(RefusalReason.Encryption, refusal.Reason);
        Assert.Contains("This listener speaks TLS, and the client does not", refusal.Message, StringComparison.Ordinal);
        WaitForLine("This listener speaks TLS, and the client does not");
    }

    [Fact]
    public void A_client_with_TLS_is_told_that_the_listener_does_not_speak_it()
    {
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        using var listener = Listen(BySecret);

        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(Client(client))));

        Assert.Equal(RefusalReason.Encryption, refusal.Reason);
        Assert.Contains("The client speaks TLS, and this listener does not", refusal.Message, StringComparison.Ordinal);
        WaitForLine("The client speaks TLS, and this listener does not");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "HTTP")]
    [InlineData("SSH-2.0-scanner\r\n", "SSH")]
    [InlineData("\u0016\u0003\u0001\u0000\u0005hello", "TLS handshake failed")]
    [InlineData("\u0016", "")]
    [InlineData("", "without a word")]
    public void A_stranger_at_a_listener_with_TLS_is_a_line_in_the_log(string says, string logged)
    {
        using var listener = Listen(Server());
        using (var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            stranger.Connect(listener.LocalEndPoint);
            stranger.Send(System.Text.Encoding.Latin1.GetBytes(says));
            stranger.Shutdown(SocketShutdown.Send);
            WaitForLine("was not let in");
        }

        Assert.Contains(logged, Assert.Single(_log), StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 0, Wait.Limit), "The stranger is still there.");
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        WireClient.Connect(listener.LocalEndPoint, Dialing(Client(client))).Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public void Strangers_that_say_nothing_do_not_keep_out_a_client_with_TLS()
    {
        const int Limit = 4;
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        using var listener = WireListener.Listen(AnyPort, Listening(Server(), log: Note, maxUnauthenticated: Limit), _ => new Heard());
        var strangers = new List<Socket>();
        for (var i = 0; i < Limit; i++)
        {
            strangers.Add(new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            strangers[i].Connect(listener.LocalEndPoint);
        }

        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == Limit, Wait.Limit), "The strangers have not all come.");
        WireClient.Connect(listener.LocalEndPoint, Dialing(Client(client))).Abort(new InvalidOperationException("The test is over."));
        WaitForLine("Others need its place");
        strangers.ForEach(static stranger => stranger.Dispose());
    }

    [Fact]
    public void Who_is_not_trusted_gets_nothing_but_the_reason()
    {
        using var foreign = _others.Issue("client", TestCertificates.ForClient);
        using var listener = Listen(new() { Secret = BySecret.Secret, Tls = Server().Tls });

        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(new() { Secret = BySecret.Secret, Tls = Client(foreign).Tls })));

        Assert.Contains("is not trusted", refusal.Message, StringComparison.Ordinal); // the right secret does not help
        Assert.Equal(0, listener.Sessions);
    }

    [Fact]
    public void Off_loopback_a_secret_takes_TLS_or_an_explicit_choice()
    {
        var any = new IPEndPoint(IPAddress.Any, 0);
        var elsewhere = new DnsEndPoint("worker.example", 7070);
        Assert.Contains("AllowUnencrypted", Assert.Throws<InvalidOperationException>(() => BySecret.Check(any, WireRole.Server)).Message, StringComparison.Ordinal);
        Assert.Contains("AllowUnencrypted", Assert.Throws<InvalidOperationException>(() => BySecret.Check(elsewhere, WireRole.Client)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => WorkerListener.Start(any, new() { Security = new() { Secret = "at least sixteen bytes" } }));
        Assert.Throws<InvalidOperationException>(() => BySecret.Check(new IPEndPoint(IPAddress.IPv6Any, 0), WireRole.Server));

        var open = new TcpSecurity { Secret = "at least sixteen bytes", AllowUnencrypted = true }.ToWire();
        open.Check(any, WireRole.Server);
        open.Check(elsewhere, WireRole.Client);
        new WireSecurity { Secret = BySecret.Secret, Tls = new() { Authorities = _certificates.Trusted } }.Check(elsewhere, WireRole.Client);
        BySecret.Check(new IPEndPoint(IPAddress.IPv6Loopback, 0), WireRole.Server);
        BySecret.Check(new DnsEndPoint("localhost", 7070), WireRole.Client);
        BySecret.Check(new DnsEndPoint("127.0.0.1", 7070), WireRole.Client);
        BySecret.Check(new UnixDomainSocketEndPoint("/tmp/worker"), WireRole.Client);
        Assert.Throws<InvalidOperationException>(() => new WireSecurity { AllowUnencrypted = true }.Check(any, WireRole.Server)); // and a secret
    }

    private static void AssertSaid(string message, X509Certificate2? certificate, string reason)
    {
        Assert.Contains(reason, message, StringComparison.Ordinal);
        if (certificate is not null)
        {
            Assert.Contains($"'{certificate.Subject}' (SHA-256 {TestCertificates.Sha256(certificate)})", message, StringComparison.Ordinal);
        }
    }

    private static WireSecurity Pinning(X509Certificate2 own, X509Certificate2 theirs) => new() { Tls = new() { Certificate = own, Pinned = [TestCertificates.Sha256(theirs)] } };

    private WireSecurity Server() =>
        new() { Tls = new() { Certificate = _certificates.Issue("localhost", TestCertificates.ForServer), Authorities = _certificates.Trusted } };

    private WireSecurity Client(X509Certificate2? certificate) => new() { Tls = new() { Certificate = certificate, Authorities = _certificates.Trusted } };

    private WireListener Listen(WireSecurity security) => WireListener.Listen(AnyPort, Listening(security, log: Note), _ => new Heard());

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }

    private string WaitForLine(string text)
    {
        string? found = null;
        Assert.True(SpinWait.SpinUntil(() => (found = Find()) is not null, Wait.Limit), $"'{text}' is not in the log: {string.Join('\n', _log)}");
        return found!;

        string? Find()
        {
            lock (_log)
            {
                return _log.Find(line => line.Contains(text, StringComparison.Ordinal));
            }
        }
    }
}
