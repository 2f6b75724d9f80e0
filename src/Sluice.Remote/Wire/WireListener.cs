using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>Accepts clients, finds out who they are, and gives the new ones to a callback; those that come back go on with the connection that
/// they had. An unauthenticated peer costs at most a thread for a limited time and a line in the log.</summary>
/// <remarks>Thread safety: all members, from any thread.</remarks>
internal sealed class WireListener : IDisposable
{
    /// <summary>The time to wait when the system is out of descriptors: others may give some back.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly WireListenerOptions _options;
    private readonly WireReception _reception;
    private readonly WireLog _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly UnauthenticatedPeers _unauthenticated;
    private readonly Task _accepting;

    private WireListener(Socket socket, WireListenerOptions options, Func<Greeting, IFrameHandler> admit)
    {
        _socket = socket;
        _options = options;
        _log = new(GuardedLog.Over(options.Log), options.Connection.Time);
        _unauthenticated = new(options.MaxUnauthenticated, options.MaxUnauthenticatedPerAddress);
        _reception = new(options, admit, _unauthenticated, _log);
        LocalEndPoint = socket.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    /// <summary>The address, with the port that was chosen.</summary>
    internal EndPoint LocalEndPoint { get; }

    /// <summary>The number of sessions that there are, those included whose client may come back.</summary>
    internal int Sessions => _reception.Sessions.Count;

    /// <summary>The number of clients that are in their handshake.</summary>
    internal int Unauthenticated => _unauthenticated.Count;

    /// <summary>Listens.</summary>
    /// <param name="address">The address; port 0 lets the system choose one.</param>
    /// <param name="options">The options.</param>
    /// <param name="admit">Gives the handler of a new client's connection, or throws <see cref="WireRefusedException"/>. On a thread of that
    /// client; counts for the time of its handshake.</param>
    /// <exception cref="InvalidOperationException">The options secure nothing, and the address is not one where they need not.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    internal static WireListener Listen(EndPoint address, WireListenerOptions options, Func<Greeting, IFrameHandler> admit)
    {
        options.Security.Check(address, WireRole.Server);
        var isUnix = address.AddressFamily == AddressFamily.Unix;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, isUnix ? ProtocolType.Unspecified : ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            socket.Listen();
            return new(socket, options, admit);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Accepts no more, and drops who is in the handshake. Connections stay, but those that break are not restored.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _reception.Sessions.StopRecovering();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                Meet(client);
            }
            catch (SocketException error) when (!_stop.IsCancellationRequested)
            {
                _log.Refused("A client", error.Message);
                await Task.Delay(s_pause, _options.Connection.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception error) when (_stop.IsCancellationRequested && error is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private void Meet(Socket client)
    {
        var peer = _unauthenticated.Enter(client);
        try
        {
            new Thread(() =>
            {
                try
                {
                    _reception.Meet(peer, _stop.Token);
                }
                finally
                {
                    _unauthenticated.TryLeave(peer);
                }
            })
            { IsBackground = true, Name = "Sluice handshake" }.UnsafeStart();
        }
        catch (OutOfMemoryException error) // the system has no thread left: others may come to their end
        {
            _unauthenticated.TryLeave(peer);
            _log.Refused(peer.Peer, error.Message);
            client.Dispose();
        }
    }
}
