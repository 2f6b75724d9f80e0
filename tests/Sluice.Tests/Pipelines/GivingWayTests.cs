namespace Sluice.Tests;

/// <summary>A source that never waits for anything holds the strand, and yet everything else in the run has its turn.</summary>
public sealed class GivingWayTests
{
    [Fact]
    public async Task An_endless_source_lets_a_foreign_await_in_its_run_come_back()
    {
        var back = new Signal();
        var items = 0L;
        using var stop = new CancellationTokenSource();
        var run = Source.From(Endless()).To(Work).RunAsync(stop.Token);

        await Wait.For(Assert.ThrowsAsync<TaskCanceledException>(() => run));
        Assert.True(back.Task.IsCompletedSuccessfully);

        async Coroutine Work(Inbox<int> inbox)
        {
            _ = InTheBackground();
            await foreach (var item in inbox)
            {
                items++;
            }
        }

        async Coroutine InTheBackground()
        {
            await Task.Yield(); // comes back from outside, while the source goes on and on
            back.Set();
            await stop.CancelAsync();
        }

        static IEnumerable<int> Endless()
        {
            for (var i = 0; i < int.MaxValue; i++)
            {
                yield return i;
            }
        }
    }

    [Fact]
    public async Task Closing_and_awaiting_one_edge_of_a_merge_does_not_wait_for_the_others()
    {
        var printed = new List<int>();
        var printer = Sink.Create<int>(inbox => Stages.Collect(inbox, printed));
        var pipeline = Source.From(new[] { 1, 2, 3 }).Broadcast(
            Stage.Create<int, int>(CloseAfterFirst) | Stage.Create<int, int>(Stages.Pass) | printer,
            Stage.Create<int, int>(Stages.Pass) | printer);

        await Wait.For(pipeline.RunAsync());

        Assert.Equal([1, 1, 2, 3], printed);

        static async Coroutine CloseAfterFirst(Inbox<int> inbox, Target<int> next)
        {
            await next.SendAsync(await inbox.ReceiveAsync());
            await next.CloseAsync();
        }
    }
}
