namespace Sluice.Tests;

/// <summary>An event loop on a thread of its own.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;

    internal LoopThread()
    {
        var running = new TaskCompletionSource<EventLoop>();
        _thread = new Thread(() => EventLoop.Run(async () =>
        {
            running.SetResult(EventLoop.Current);
            await _stop.Task;
        }))
        { IsBackground = true };
        _thread.Start();
        Loop = running.Task.GetAwaiter().GetResult();
    }

    internal EventLoop Loop { get; }

    public void Dispose()
    {
        _stop.SetResult();
        if (!_thread.Join(Wait.Limit))
        {
            throw new TimeoutException("The event loop did not end.");
        }
    }
}
