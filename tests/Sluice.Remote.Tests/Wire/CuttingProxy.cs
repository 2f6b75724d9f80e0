using System.Net;
using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Stands between a client and a listener and cuts the connection, with all that is under way, after a random number of bytes, again and
/// again; or stops carrying bytes without a word to anybody.</summary>
internal sealed class CuttingProxy : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly EndPoint _target;
    private readonly Random _random;
    private readonly int _maxBytes;
    private readonly Lock _lock = new();

    // Guard: _lock.
    private readonly List<Socket> _open = [];
    private readonly List<Line> _lines = [];
    private int _cutsLeft;
    private int _connections;

    internal CuttingProxy(EndPoint target, int cuts, int maxBytes, int seed)
        : this(target, cuts, maxBytes, Seed.Random(seed))
    {
    }

    private CuttingProxy(EndPoint target, int cuts, int maxBytes, Random random)
    {
        _target = target;
        _cutsLeft = cuts;
        _maxBytes = maxBytes;
        _random = random;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    internal static CuttingProxy ThatCutsNothing(EndPoint target) => new(target, 0, 0, Seed.Drawn(0));

    internal EndPoint EndPoint => _listener.LocalEndPoint!;

    internal int CutsLeft => Volatile.Read(ref _cutsLeft);

    internal int Connections => Volatile.Read(ref _connections);

    /// <summary>From now on swallows what the connections that there are now would carry.</summary>
    internal void Deafen()
    {
        lock (_lock)
        {
            _lines.ForEach(line => line.IsDeaf = true);
        }
    }

    /// <summary>Ends all connections, and takes no more.</summary>
    public void Dispose()
    {
        _listener.Dispose();
        lock (_lock)
        {
            _open.ForEach(socket => socket.Dispose());
        }
    }

    private void Accept()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = _listener.Accept();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            try
            {
                Carry(client);
            }
            catch (SocketException)
            {
                client.Dispose(); // it has gone already, or the listener has
            }
        }
    }

    private void Carry(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        server.Connect(_target);
        int limit;
        bool isReset;
        lock (_lock)
        {
            _connections++;
            _open.Add(client);
            _open.Add(server);
            limit = _cutsLeft-- > 0 ? _random.Next(_maxBytes) : int.MaxValue;
            isReset = _random.Next(2) == 0;
        }

        var line = new Line(client, server, limit, isReset);
        lock (_lock)
        {
            _lines.Add(line);
        }

        new Thread(() => line.Copy(client, server)) { IsBackground = true }.Start();
        new Thread(() => line.Copy(server, client)) { IsBackground = true }.Start();
    }

    private sealed class Line(Socket client, Socket server, int limit, bool isReset)
    {
        private int _carried;

        internal volatile bool IsDeaf;

        internal void Copy(Socket from, Socket to)
        {
            var buffer = new byte[16 * 1024];
            try
            {
                while (from.Receive(buffer) is > 0 and var count)
                {
                    if (IsDeaf)
                    {
                        continue;
                    }

                    var over = Interlocked.Add(ref _carried, count) - limit;
                    to.Send(buffer.AsSpan(0, Math.Clamp(count - Math.Max(0, over), 0, count)));
                    if (over >= 0)
                    {
                        break;
                    }
                }
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The other direction has been cut.
            }

            foreach (var socket in (Socket[])[client, server])
            {
                try
                {
                    if (isReset)
                    {
                        socket.LingerState = new LingerOption(true, 0);
                    }
                    else
                    {
                        socket.Shutdown(SocketShutdown.Both);
                    }
                }
                catch (Exception error) when (error is SocketException or ObjectDisposedException)
                {
                    // It is gone already.
                }

                socket.Dispose();
            }
        }
    }
}
