namespace Sluice.Tests;

/// <summary>A loop that is run by what continues after the end of a run.</summary>
public sealed class LoopAfterAwaitTests
{
    [Fact]
    public async Task An_event_loop_can_run_a_pipeline_after_an_await()
    {
        var signal = new Signal();
        var after = RunLoopAfter(RunAfter(signal));
        signal.Set();

        await Wait.For(after);
    }

    private static async Task RunLoopAfter(Task first)
    {
        await first.ConfigureAwait(false);
        EventLoop.Run(static async () =>
        {
            var signal = new Signal();
            ThreadPool.QueueUserWorkItem(_ => signal.Set());
            Assert.Equal([1], await RunAfter(signal));
        });
    }

    /// <summary>A run that ends on a pool thread, after <paramref name="signal"/>.</summary>
    private static Task<List<int>> RunAfter(Signal signal) => Source.Create<int>(async (next, _) =>
    {
        await signal.Task.ConfigureAwait(false);
        await next.SendAsync(1);
    }).To(Sink.ToList<int>()).RunAsync();
}
