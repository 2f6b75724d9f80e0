using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>A socket while it connects and shakes hands: cut off when that takes too long, closed unless it is kept.</summary>
internal sealed class DialedLine : IDisposable
{
    private readonly Deadline _deadline;
    private readonly CancellationTokenSource _cut = new();
    private Socket? _socket;
    private bool _isKept;

    internal DialedLine(TimeSpan limit, TimeProvider time, CancellationToken cancellation) => _deadline = new(Cut, limit, time, cancellation);

    internal bool HasCut => _deadline.HasCut;

    /// <summary>Connects; to a name by its addresses, one after the other.</summary>
    internal Socket Open(EndPoint address)
    {
        if (address is not DnsEndPoint name)
        {
            return Connect(address);
        }

        SocketException? first = null;
        foreach (var ip in Dns.GetHostAddressesAsync(name.Host, name.AddressFamily, _cut.Token).GetAwaiter().GetResult())
        {
            try
            {
                return Connect(new IPEndPoint(ip, name.Port));
            }
            catch (SocketException error) when (!HasCut)
            {
                first ??= error;
            }
        }

        throw first ?? new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>The socket stays open. False if it was cut off.</summary>
    internal bool TryKeep() => _isKept = _deadline.TryPass();

    public void Dispose()
    {
        _deadline.Dispose();
        if (!_isKept)
        {
            _socket?.Dispose();
        }

        // Not _cut: the deadline may be cutting just now, and a source without a timer has nothing to dispose of.
    }

    private Socket Connect(EndPoint address)
    {
        _socket?.Dispose();
        var isUnix = address.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        if (!isUnix)
        {
            socket.NoDelay = true;
        }

        Interlocked.Exchange(ref _socket, socket);
        ObjectDisposedException.ThrowIf(HasCut, this); // the thread that has cut may not have seen this socket
        socket.Connect(address);
        return socket;
    }

    private void Cut()
    {
        _cut.Cancel();
        if (Volatile.Read(ref _socket) is { } socket)
        {
            SocketEnds.Shutdown(socket, SocketShutdown.Both);
            socket.Dispose();
        }
    }
}
