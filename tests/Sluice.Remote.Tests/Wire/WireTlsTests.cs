using System.Net.Sockets;
using System.Security.Authentication;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>TLS 1.3 with certificates on both sides.</summary>
[Trait("Category", "Network")]
public sealed class WireTlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();
    private readonly TestCertificates _others = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _others.Dispose();
    }

    [Fact]
    public async Task Frames_of_any_size_go_both_ways_and_the_client_is_known_by_its_certificate()
    {
        const int Size = 5_000_000;
        using var own = _certificates.Issue("client", TestCertificates.ForClient);
        var greeted = new TaskCompletionSource<Greeting>(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new Heard { OnReceived = (_, _, payload) => greeted.Task.Result.Connection.Echo(payload) };
        using var listener = WireListener.Listen(AnyPort, Listening(Server()), greeting =>
        {
            greeted.SetResult(greeting);
            return heard;
        });
        var connection = WireClient.Connect(listener.LocalEndPoint, Dialing(Client(own)));
        var sizes = new List<int>();
        var all = new Signal();
        connection.Start(new Heard
        {
            OnReceived = (_, _, payload) =>
            {
                sizes.Add(payload.Left);
                if (payload.Left == Size)
                {
                    all.Set();
                }
            },
        });
        Assert.Equal(TestCertificates.Sha256(own), (await Wait.For(greeted.Task)).Certificate);
        int[] sent = [0, 1, 1000, 20_000, Size];
        foreach (var size in sent)
        {
            connection.Begin(20, 0).WriteBytes(new byte[size]);
            connection.End();
        }

        await Wait.For(all.Task);
        Assert.Equal(sent, sizes);
        connection.Close();
        Assert.Null(await Wait.For(heard.End));
        await Wait.For(connection.Ended);
    }

    [Fact]
    public void Pinned_certificates_need_no_authority()
    {
        using var server = _others.Issue("whatever", TestCertificates.ForServer, hasExpired: true);
        using var client = _others.Issue("client", TestCertificates.ForClient);
        var security = new WireSecurity { Tls = new() { Certificate = server, Pinned = [TestCertificates.Sha256(client)] } };
        using var listener = WireListener.Listen(AnyPort, Listening(security), _ => new Heard());
        WireClient.Connect(listener.LocalEndPoint, Dialing(new() { Tls = new() { Certificate = client, Pinned = [TestCertificates.Sha256(server)] } }))
            .Abort(new InvalidOperationException("The test is over."));

        using var another = _others.Issue("client", TestCertificates.ForClient);
        AssertRefused(listener, Dialing(new() { Tls = new() { Certificate = another, Pinned = [TestCertificates.Sha256(server)] } }));
        Assert.Throws<AuthenticationException>(() => WireClient.Connect(
            listener.LocalEndPoint, Dialing(new() { Tls = new() { Certificate = client, Pinned = [TestCertificates.Sha256(client)] } })));
    }

    [Fact]
    public void A_client_with_a_certificate_that_is_not_trusted_or_none_is_refused()
    {
        var log = new List<string>();
        using var listener = WireListener.Listen(AnyPort, Listening(Server(), log: log.Add), _ => new Heard());
        using var foreign = _others.Issue("client", TestCertificates.ForClient);
        using var expired = _certificates.Issue("client", TestCertificates.ForClient, hasExpired: true);
        using var forServers = _certificates.Issue("client", TestCertificates.ForServer);
        AssertRefused(listener, Dialing(Client(foreign)));
        AssertRefused(listener, Dialing(Client(expired)));
        AssertRefused(listener, Dialing(Client(forServers)));
        AssertRefused(listener, Dialing(Client(null)));
        Assert.Equal(0, listener.Sessions);
    }

    [Fact]
    public void A_server_with_a_certificate_that_is_not_trusted_is_not_talked_to()
    {
        using var client = _certificates.Issue("client", TestCertificates.ForClient);
        using var foreign = _others.Issue("localhost", TestCertificates.ForServer);
        using var expired = _certificates.Issue("localhost", TestCertificates.ForServer, hasExpired: true);
        using var forClients = _certificates.Issue("localhost", TestCertificates.ForClient);
        foreach (var certificate in new[] { foreign, expired, forClients })
        {
            using var listener = WireListener.Listen(
                AnyPort, Listening(new() { Tls = new() { Certificate = certificate, Authorities = _certificates.Trusted } }), _ => new Heard());
            Assert.Throws<AuthenticationException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(Client(client))));
        }

        using var good = WireListener.Listen(AnyPort, Listening(Server()), _ => new Heard());
        var wrongName = new WireSecurity { Tls = new() { Certificate = client, Authorities = _certificates.Trusted, ServerName = "elsewhere.example" } };
        Assert.Throws<AuthenticationException>(() => WireClient.Connect(good.LocalEndPoint, Dialing(wrongName)));
    }

    [Fact]
    public void A_secret_over_TLS_is_proved_too()
    {
        using var certificate = _certificates.Issue("localhost", TestCertificates.ForServer);
        var server = new WireSecurity { Secret = BySecret.Secret, Tls = new() { Certificate = certificate } };
        using var listener = WireListener.Listen(AnyPort, Listening(server), _ => new Heard());
        var right = new WireSecurity { Secret = BySecret.Secret, Tls = new() { Authorities = _certificates.Trusted } };
        var wrong = new WireSecurity { Secret = new("some other secret that is wrong"), Tls = right.Tls };
        WireClient.Connect(listener.LocalEndPoint, Dialing(right)).Abort(new InvalidOperationException("The test is over."));
        Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(wrong)));
        Assert.ThrowsAny<IOException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing())); // plain, where TLS is spoken
    }

    /// <summary>In TLS 1.3 a client learns only by its first read what the server thinks of its certificate.</summary>
    private static void AssertRefused(WireListener listener, WireClientOptions options)
    {
        var error = Assert.ThrowsAny<Exception>(() => WireClient.Connect(listener.LocalEndPoint, options));
        Assert.True(error is IOException or AuthenticationException or SocketException, error.ToString());
    }

    private WireSecurity Server() =>
        new() { Tls = new() { Certificate = _certificates.Issue("localhost", TestCertificates.ForServer), Authorities = _certificates.Trusted } };

    private WireSecurity Client(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate) =>
        new() { Tls = new() { Certificate = certificate, Authorities = _certificates.Trusted } };
}

file static class Echoing
{
    internal static void Echo(this Connection connection, ByteSource payload)
    {
        connection.Begin(20, 0).WriteBytes(payload.ReadBytes(payload.Left));
        connection.End();
    }
}
