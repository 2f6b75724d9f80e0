using System.Net;
using System.Net.Sockets;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>Lets clients in, says how many of their frames it has received so far, receives so many more, and ends the connection.</summary>
internal sealed class CuttingServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<int, int?> _framesOf;
    private readonly SemaphoreSlim _cuts = new(0);
    private long _received; // owner: the serving thread
    private int _connections;
    private volatile bool _isOver;

    internal CuttingServer(int framesEach)
        : this(_ => framesEach)
    {
    }

    /// <param name="framesOf">The frames that are received on each connection, from 0 on; null: that one is not let in.</param>
    internal CuttingServer(Func<int, int?> framesOf)
    {
        _framesOf = framesOf;
        _listener.Bind(AnyPort);
        _listener.Listen();
        new Thread(Serve) { IsBackground = true }.Start();
    }

    internal EndPoint EndPoint => _listener.LocalEndPoint!;

    /// <summary>Gets the number of connections that have brought their frames.</summary>
    internal int Connections => Volatile.Read(ref _connections);

    /// <summary>Lets it cut a connection that has brought its frames. One that is to bring none is cut at once.</summary>
    internal void Cut() => _cuts.Release();

    public void Dispose()
    {
        _isOver = true;
        _listener.Dispose();
        Cut();
    }

    private void Serve()
    {
        for (var number = 0; ; number++)
        {
            try
            {
                using var socket = _listener.Accept();
                if (_framesOf(number) is { } frames)
                {
                    Let(socket, frames);
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException or IOException)
            {
                if (_isOver)
                {
                    return;
                }
            }
        }
    }

    private void Let(Socket socket, int frames)
    {
        var transport = new SocketTransport(socket);
        var stream = new HandshakeStream(transport, WireRole.Server);
        Handshake.AsServer(stream, WireVersions.Own, "a server that cuts", null, static () => { });
        stream.Send(FrameKind.Welcome, new Welcome(true, _received, []).Write);
        for (var left = frames; left > 0; left -= ReceiveNumbered(transport))
        {
        }

        Interlocked.Increment(ref _connections);
        if (frames > 0)
        {
            _cuts.Wait();
        }
    }

    /// <summary>A frame; 1 if it is a numbered one.</summary>
    private int ReceiveNumbered(SocketTransport transport)
    {
        var length = new byte[FrameHeader.Prefix];
        Fill(transport, length);
        var frame = new byte[BitConverter.ToInt32(length)];
        Fill(transport, frame);
        if (!FrameKind.IsNumbered(frame[0]))
        {
            return 0;
        }

        _received++;
        return 1;
    }

    private static void Fill(SocketTransport transport, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[(transport.Receive(bytes) is > 0 and var count ? count : throw new EndOfStreamException())..];
        }
    }
}
