using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Contracts;

/// <summary>A proxy on loopback that loses one connection, at a chosen request.</summary>
public sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<Socket> _sockets = [];
    private readonly ConcurrentBag<Task> _tasks = [];
    private readonly int _port;
    private readonly int _cutAt;
    private readonly ConnectionCut _cut;
    private int _requests;

    /// <summary>Starts a proxy.</summary>
    /// <param name="port">The port of the server, on loopback.</param>
    /// <param name="cutAt">The number of the request at which the connection is lost, from 1 over all connections.</param>
    /// <param name="cut">The way in which it is lost.</param>
    public CuttingProxy(int port, int cutAt, ConnectionCut cut)
    {
        (_port, _cutAt, _cut) = (port, cutAt, cut);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _tasks.Add(AcceptAsync());
    }

    /// <summary>The port of the proxy.</summary>
    public int Port { get; }

    /// <summary>True if a connection was lost.</summary>
    public bool HasCut => Volatile.Read(ref _requests) >= _cutAt;

    /// <summary>Ends it with all connections.</summary>
    /// <returns>A task that completes when it has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var socket in _sockets)
        {
            socket.Dispose();
        }

        await Task.WhenAll(_tasks);
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                _sockets.Add(client);
                _sockets.Add(server);
                await server.ConnectAsync(IPAddress.Loopback, _port);
                _tasks.Add(RequestsAsync(client, server));
                _tasks.Add(AnswersAsync(server, client));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The listener has ended.
        }
    }

    private async Task RequestsAsync(Socket client, Socket server)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await client.ReceiveAsync(buffer) is var count and > 0)
            {
                var isCut = Interlocked.Increment(ref _requests) == _cutAt;
                if (!isCut || _cut != ConnectionCut.BeforeRequest)
                {
                    await server.SendAsync(buffer.AsMemory(0, count));
                }

                if (isCut)
                {
                    client.Close();
                    if (_cut != ConnectionCut.HalfOpen)
                    {
                        server.Close();
                    }

                    return;
                }
            }

            server.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }

    private static async Task AnswersAsync(Socket server, Socket client)
    {
        var buffer = new byte[1 << 16];
        try
        {
            while (await server.ReceiveAsync(buffer) is var count and > 0)
            {
                await client.SendAsync(buffer.AsMemory(0, count));
            }

            client.Close();
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }
}
