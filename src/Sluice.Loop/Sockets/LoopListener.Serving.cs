using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Serving.</summary>
public sealed partial class LoopListener
{
    /// <summary>The time to wait before the next accept when the system is out of something: others may give it back.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Accepts connections and runs a handler for each, all at the same time, until the scope is cancelled or the listener is
    /// disposed of.</summary>
    /// <remarks>
    /// <para>A handler that fails does not stop the others: its error goes to <paramref name="onError"/>. So does an accept that fails
    /// because the process or the system has no descriptor or memory left; it is tried again after 100 ms, and the connection waits.
    /// Another failure of an accept ends this.</para>
    /// <para>What <paramref name="onError"/> throws does not end the serving. It is a failure that no one has looked at
    /// (<see cref="TaskScheduler.UnobservedTaskException"/>), together with the error that it was called with. Where the process has no descriptor left
    /// some are free while it runs, which are kept for it, so that it can open standard error or a file.</para>
    /// <para>Cancel the scope, and the handlers are cancelled. Dispose of the listener, and no more connections are taken, but the
    /// handlers come to their end.</para>
    /// </remarks>
    /// <param name="handler">What to do with a connection, which is closed when it has ended.</param>
    /// <param name="onError">Told of each error. Default: <see cref="Trace.TraceError(string)"/>.</param>
    /// <returns>Completes when the listener was disposed of and all handlers have ended.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="handler"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="onError"/> is an <c>async void</c> method.</exception>
    /// <exception cref="InvalidOperationException">Awaited: another accept has not ended, or the caller is not on the loop's thread.</exception>
    /// <exception cref="ObjectDisposedException">Awaited: the listener had been disposed of.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled.</exception>
    /// <exception cref="SocketException">Awaited: accepting failed.</exception>
    public Task ServeAsync(Func<LoopStream, Task> handler, Action<Exception>? onError = null) =>
        AsyncVoid.Refuse(onError) is null ? ServeWithAsync(handler, null) : ServeWithAsync(handler, error =>
        {
            onError!(error);
            return default;
        });

    /// <inheritdoc cref="ServeAsync(Func{LoopStream, Task}, Action{Exception})"/>
    /// <param name="handler">What to do with a connection, which is closed when it has ended.</param>
    /// <param name="onError">Told of each error. The connection's task, or the next accept, waits for it. What its task ends with is as what it
    /// throws. Default: <see cref="Trace.TraceError(string)"/>.</param>
    [OverloadResolutionPriority(2)]
    public Task ServeAsync(Func<LoopStream, Task> handler, Func<Exception, ValueTask>? onError = null) => ServeWithAsync(handler, onError);

    /// <inheritdoc cref="ServeAsync(Func{LoopStream, Task}, Func{Exception, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public Task ServeAsync(Func<LoopStream, Task> handler, Func<Exception, Task>? onError = null) =>
        ServeWithAsync(handler, onError is null ? null : error => new(onError(error)));

    private async Task ServeWithAsync(Func<LoopStream, Task> handler, Func<Exception, ValueTask>? onError)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _socket.CheckUse();
        onError ??= error =>
        {
            Trace.TraceError($"A connection to {this} failed: {error}");
            return default;
        };
        using var spare = new SpareDescriptors();
        await TaskGroup.RunAsync(
            async group =>
            {
                while (await AcceptNextAsync(ReportAsync) is { } stream)
                {
                    group.Start(() => HandleAsync(stream, handler, ReportAsync), "a connection");
                }
            },
            ToString());

        async ValueTask ReportAsync(Exception error)
        {
            var scope = CancelScope.Current;
            spare.Lend();
            try
            {
                await onError(error);
            }
            catch (Exception failure) when (failure is not OperationCanceledException cancellation || !scope.IsCancellation(cancellation))
            {
                Leave(new AggregateException($"An error of {this} could not be reported.", error, failure));
            }
            finally
            {
                spare.GiveBack();
            }
        }
    }

    /// <summary>The runtime reports a faulted task that is collected without having been looked at.</summary>
    private static void Leave(Exception failure) => _ = Task.FromException(failure);

    private static async Task HandleAsync(LoopStream stream, Func<LoopStream, Task> handler, Func<Exception, ValueTask> onError)
    {
        var scope = CancelScope.Current;
        try
        {
            using (stream)
            {
                await handler(stream);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException cancellation || !scope.IsCancellation(cancellation))
        {
            await onError(error);
        }
    }

    /// <summary>Null once the listener was disposed of.</summary>
    private async ValueTask<LoopStream?> AcceptNextAsync(Func<Exception, ValueTask> onError)
    {
        while (!_socket.IsDisposed)
        {
            try
            {
                return await AcceptAsync();
            }
            catch (ObjectDisposedException) when (_socket.IsDisposed)
            {
                break;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                await onError(error);
            }

            await EventLoop.SleepAsync(s_pause);
        }

        return null;
    }
}
