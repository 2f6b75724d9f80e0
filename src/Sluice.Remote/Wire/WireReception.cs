using System.Net.Sockets;

namespace Sluice;

/// <summary>The server's side of one client's peer, on that client's thread.</summary>
internal sealed class WireReception(WireListenerOptions options, Func<Greeting, IFrameHandler> admit, UnauthenticatedPeers unauthenticated, WireLog log)
{
    internal WireSessions Sessions { get; } = new(options.MaxConnections);

    internal void Meet(UnauthenticatedPeer peer, CancellationToken stop)
    {
        var socket = peer.Socket;
        Transport? transport = null;
        HandshakeStream? stream = null;
        using var deadline = new Deadline(() => Cut(socket), options.HandshakeTimeout, options.Connection.Time, stop);
        try
        {
            if (socket.AddressFamily != AddressFamily.Unix)
            {
                socket.NoDelay = true;
            }

            var certificate = default(string);
            if (options.Security.Tls is { } tls)
            {
                var secured = new TlsTransport(socket);
                transport = secured;
                var refused = Secure(secured, tls, ref transport, ref stream);
                stream = new(transport, WireRole.Server);
                certificate = secured.PeerCertificate;
                if (refused is not null)
                {
                    throw new WireRefusedException(RefusalReason.Authentication, refused);
                }
            }
            else
            {
                transport = new SocketTransport(socket);
                stream = new(transport, WireRole.Server);
            }

            var (hello, version, proof) = Handshake.AsServer(stream, options.Versions, options.Application, options.Security.Secret, () => peer.HasGreeted = true);
            if (!unauthenticated.TryLeave(peer))
            {
                throw Dropped();
            }

            if (hello.IsReturning)
            {
                LetBackIn(Sessions.Find(hello, certificate), hello, proof, transport, stream, deadline);
            }
            else
            {
                LetIn(hello, version, certificate, proof, transport, stream, deadline);
            }
        }
        catch (Exception error)
        {
            peer.HasGreeted = false; // it only waits for its answer
            var refusal = peer.IsDropped ? Dropped() : error as WireRefusedException;
            log.Refused(peer.Peer, deadline.HasCut ? $"It had {Duration.Text(options.HandshakeTimeout)} to prove who it is." : refusal?.Message ?? error.Message);
            if (refusal is not null && stream is not null && !deadline.HasCut)
            {
                TryRefuse(stream, transport!, refusal);
            }

            transport?.Close();
            socket.Dispose();
        }
    }

    private WireRefusedException Dropped() => new(RefusalReason.Busy, unauthenticated.Reason);

    private static void Cut(Socket socket)
    {
        SocketEnds.Shutdown(socket, SocketShutdown.Both);
        socket.Dispose();
    }

    private static void TryRefuse(HandshakeStream stream, Transport transport, WireRefusedException refusal)
    {
        try
        {
            stream.Refuse(refusal.Reason, refusal.Message);
            transport.EndSending();
            Drain(transport);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // It did not wait for the answer, or the time of the handshake has passed.
        }
    }

    /// <summary>Reads until the client has closed: a socket that is closed with bytes unread resets the connection, and the reset destroys
    /// the answer. The deadline of the handshake bounds it.</summary>
    private static void Drain(Transport transport)
    {
        var dropped = new byte[1024];
        while (transport.Receive(dropped) > 0)
        {
        }
    }

    /// <summary>Goes on with TLS. A client that does not speak it is told so in the way that it speaks.</summary>
    /// <returns>Why the client's certificate is not trusted; null if it is, or is not asked for.</returns>
    private static string? Secure(TlsTransport secured, WireTls tls, ref Transport transport, ref HandshakeStream? stream)
    {
        try
        {
            return secured.Authenticate(tls);
        }
        catch (Exception) when (secured.PlainStart is { } start)
        {
            if (!UnknownPeer.MayBeHello(start))
            {
                throw new ProtocolException(UnknownPeer.Describe(start.AsSpan(0, Math.Min(start.Length, FrameHeader.Prefix))));
            }

            transport = new SocketTransport(secured.Socket);
            stream = new(transport, WireRole.Server);
            throw new WireRefusedException(RefusalReason.Encryption, "This listener speaks TLS, and the client does not, since it has neither a certificate nor anything that it trusts.");
        }
    }

    private void LetIn(Hello hello, byte version, string? certificate, byte[] proof, Transport transport, HandshakeStream stream, Deadline deadline)
    {
        var keeps = hello.Keeps && options.ReconnectWindow > TimeSpan.Zero;
        var recovery = keeps ? new AwaitingReturn(options.ReconnectWindow, options.Connection.Time) : null;
        var connection = new Connection(transport, options.Connection, recovery);
        var greeting = new Greeting(hello.Role, hello.Application, hello.Session, version, transport.Peer, certificate, connection);
        Sessions.Add(new(greeting, recovery));
        IFrameHandler handler;
        try
        {
            handler = Admit(greeting);
            Pass(deadline);
        }
        catch
        {
            Sessions.Remove(hello.Session);
            throw;
        }

        try
        {
            stream.Send(FrameKind.Welcome, new Welcome(keeps, 0, proof).Write);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            transport.Close(); // the handler is there already, so it is told like that of any connection that breaks
        }

        connection.Start(handler);
    }

    private IFrameHandler Admit(Greeting greeting)
    {
        try
        {
            return admit(greeting);
        }
        catch (Exception error) when (error is not WireRefusedException)
        {
            log.Refused(greeting.Peer, error.ToString());
            throw new WireRefusedException(RefusalReason.Application, "The listener's application failed.");
        }
    }

    private void LetBackIn(WireSession session, Hello hello, byte[] proof, Transport transport, HandshakeStream stream, Deadline deadline)
    {
        var received = session.Recovery!.TryHold(session.Greeting.Connection, options.HandshakeTimeout)
            ?? throw new WireRefusedException(RefusalReason.Busy, "The session is not ready to go on.");
        try
        {
            Pass(deadline);
            stream.Send(FrameKind.Welcome, new Welcome(true, received, proof).Write);
        }
        catch
        {
            session.Recovery.Release();
            throw;
        }

        session.Recovery.Give(new(transport, hello.Received));
    }

    private static void Pass(Deadline deadline)
    {
        if (!deadline.TryPass())
        {
            throw new TimeoutException();
        }
    }
}
