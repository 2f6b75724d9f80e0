using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>Takes connections by TCP or a Unix-domain socket.</summary>
/// <remarks>Thread safety: none; it belongs to the loop that it was made on, elsewhere its members throw
/// <see cref="InvalidOperationException"/>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class LoopListener : IDisposable
{
    private readonly LoopSocket _socket;

    private LoopListener(LoopSocket socket)
    {
        _socket = socket;
        LocalEndPoint = socket.Socket.LocalEndPoint!;
    }

    /// <summary>The address, with the port that was chosen.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>Listens for TCP. Connections wait for an accept from now on.</summary>
    /// <param name="address">The address; port 0 lets the system choose one.</param>
    /// <param name="options">The options. Default: those of a new <see cref="LoopListenOptions"/>.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="address"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the backlog is less than 1.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    /// <exception cref="PlatformNotSupportedException">Thrown: <see cref="LoopListenOptions.ReusePort"/> on Windows.</exception>
    /// <exception cref="SocketException">Thrown: it failed, such as <see cref="SocketError.AddressAlreadyInUse"/>.</exception>
    public static LoopListener ListenTcp(IPEndPoint address, LoopListenOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Listen(address, ProtocolType.Tcp, options ?? LoopListenOptions.Default);
    }

    /// <summary>Listens on a Unix-domain socket. Its file is deleted with the listener; one that is there already, such as that of a
    /// process that was killed, is an error.</summary>
    /// <param name="path">The path of the file; the system limits its length to about 100 bytes.</param>
    /// <param name="options">The options; only the backlog matters. Default: those of a new <see cref="LoopListenOptions"/>.</param>
    /// <returns>The listener.</returns>
    /// <exception cref="ArgumentException">Thrown: the path is empty or too long for the system.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the backlog is less than 1.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    /// <exception cref="SocketException">Thrown: it failed, such as <see cref="SocketError.AddressAlreadyInUse"/>.</exception>
    public static LoopListener ListenUnix(string path, LoopListenOptions? options = null) =>
        Listen(new UnixDomainSocketEndPoint(path), ProtocolType.Unspecified, options ?? LoopListenOptions.Default);

    /// <summary>Waits for the next connection. A cancellation loses none: what was not given out is there for the next call.</summary>
    /// <returns>The connection.</returns>
    /// <exception cref="InvalidOperationException">Awaited: another accept has not ended, or the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: the listener was disposed of.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled.</exception>
    /// <exception cref="SocketException">Awaited: it failed. <see cref="SocketError.TooManyOpenSockets"/> if no descriptor was free:
    /// the connection still waits, so call again when there may be one.</exception>
    public async ValueTask<LoopStream> AcceptAsync()
    {
        _socket.CheckUse();
        return new(await _socket.AcceptAsync());
    }

    /// <summary>Listens no more; connections that were not accepted are reset. An accept under way gets
    /// <see cref="ObjectDisposedException"/>. Twice does nothing.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread, and the loop has not ended.</exception>
    public void Dispose() => _socket.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"listener ({LocalEndPoint})";

    private static LoopListener Listen(EndPoint address, ProtocolType protocol, LoopListenOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Backlog, 1, nameof(options));
        var loop = EventLoop.Current;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, protocol);
        try
        {
            if (protocol == ProtocolType.Tcp)
            {
                options.Apply(socket);
            }

            socket.Bind(address);
            socket.Listen(options.Backlog);
            return new(LoopSocket.Listening(loop, socket));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
