using System.Net.Sockets;

namespace Sluice;

/// <summary>Waits for what comes on a socket that has to stay in blocking mode. An asynchronous receive would put it under the
/// runtime's poller for as long as it lives: everything that came later would wake the poller's thread and one of the pool
/// beside the one that reads.</summary>
internal static class BlockingSocket
{
    /// <summary>Has a thread of its own receive. When that is cancelled the socket is disposed of, which ends the wait.</summary>
    internal static async Task<T> ReceiveAsync<T>(Socket socket, Func<Socket, T> receive, CancellationToken cancellationToken)
    {
        using var stop = cancellationToken.UnsafeRegister(static socket => ((Socket)socket!).Dispose(), socket);
        try
        {
            return await Task.Factory.StartNew(() => receive(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException && cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }
}
