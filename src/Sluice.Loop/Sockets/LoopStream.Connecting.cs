using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>Connecting.</summary>
public sealed partial class LoopStream
{
    /// <summary>The time that one address has before the next one is tried beside it: what RFC 8305 recommends.</summary>
    private static readonly TimeSpan s_headStart = TimeSpan.FromMilliseconds(250);

    /// <summary>The time to wait for a place in the queue of a Unix-domain listener, which the system does not tell of: at first, and
    /// at the most.</summary>
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(64);

    /// <summary>Connects by TCP.</summary>
    /// <param name="address">The address.</param>
    /// <param name="noDelay">Whether small writes are sent at once rather than gathered. Default: yes.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="address"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled; there is no connection.</exception>
    /// <exception cref="SocketException">Awaited: it failed, such as <see cref="SocketError.ConnectionRefused"/>.</exception>
    public static async Task<LoopStream> ConnectTcpAsync(IPEndPoint address, bool noDelay = true)
    {
        ArgumentNullException.ThrowIfNull(address);
        var socket = await LoopSocket.ConnectAsync(EventLoop.Current, address);
        try
        {
            socket.Socket.NoDelay = noDelay;
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects by TCP to the first of the addresses of a host that answers. They are tried in their order; each has 250 ms
    /// before the next one is tried beside it.</summary>
    /// <param name="host">The name, or an address as text.</param>
    /// <param name="port">The port: 0 to 65,535.</param>
    /// <param name="noDelay">Whether small writes are sent at once rather than gathered. Default: yes.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="host"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Awaited: <paramref name="port"/> is none.</exception>
    /// <exception cref="InvalidOperationException">Awaited: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled; there is no connection.</exception>
    /// <exception cref="SocketException">Awaited: the name is unknown, or no address answered: the failure of the first.</exception>
    public static async Task<LoopStream> ConnectTcpAsync(string host, int port, bool noDelay = true)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(port, IPEndPoint.MaxPort);
        var addresses = await EventLoop.Current.AwaitOutsideAsync("the addresses of ", host, token => new ValueTask<IPAddress[]>(Dns.GetHostAddressesAsync(host, token)));
        return await ConnectTcpAsync([.. addresses.Select(address => new IPEndPoint(address, port))], noDelay);
    }

    /// <summary>The same for addresses that are known.</summary>
    /// <inheritdoc cref="ConnectTcpAsync(string, int, bool)"/>
    /// <param name="addresses">The addresses, at least one, in the order in which to try them.</param>
    /// <param name="noDelay">Whether small writes are sent at once rather than gathered. Default: yes.</param>
    /// <exception cref="ArgumentException">Awaited: there is no address.</exception>
    public static async Task<LoopStream> ConnectTcpAsync(IReadOnlyList<IPEndPoint> addresses, bool noDelay = true)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count == 0)
        {
            throw new ArgumentException("There is no address.", nameof(addresses));
        }

        LoopStream? first = null;
        var failures = new Exception?[addresses.Count];
        try
        {
            await TaskGroup.RunAsync(async group =>
            {
                for (var i = 0; i < addresses.Count && first is null; i++)
                {
                    var (number, failed) = (i, new LoopEvent());
                    group.Start(() => TryAsync(group, number, failed), "a connect");
                    await CancelScope.MoveOnAfter(s_headStart).RunAsync(() => failed.WaitAsync().AsTask());
                }
            });
        }
        catch
        {
            first?.Dispose(); // connected and cancelled at the same time
            throw;
        }

        if (first is null)
        {
            ExceptionDispatchInfo.Throw(failures[0]!);
        }

        return first;

        async Task TryAsync(TaskGroup group, int number, LoopEvent failed)
        {
            try
            {
                var stream = await ConnectTcpAsync(addresses[number], noDelay);
                if (first is null)
                {
                    first = stream;
                    group.Scope.Cancel();
                }
                else
                {
                    stream.Dispose();
                }
            }
            catch (SocketException error)
            {
                failures[number] = error;
                failed.Set();
            }
        }
    }

    /// <summary>Connects to a Unix-domain socket. While the listener's queue is full it is tried again, after 1 ms at first and 64 ms
    /// at last, since the system does not report a place that becomes free.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="ArgumentException">Awaited: the path is empty or too long for the system.</exception>
    /// <exception cref="InvalidOperationException">Awaited: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled; there is no connection.</exception>
    /// <exception cref="SocketException">Awaited: it failed, such as <see cref="SocketError.ConnectionRefused"/>, or
    /// <see cref="SocketError.AddressNotAvailable"/> if there is no such path.</exception>
    public static async Task<LoopStream> ConnectUnixAsync(string path)
    {
        var address = new UnixDomainSocketEndPoint(path);
        for (var pause = s_firstPause; ; pause = pause < s_longestPause ? pause * 2 : pause)
        {
            try
            {
                return new(await LoopSocket.ConnectAsync(EventLoop.Current, address));
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock)
            {
            }

            await EventLoop.SleepAsync(pause);
        }
    }
}
