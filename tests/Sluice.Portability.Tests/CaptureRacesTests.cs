using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests.Portability;

/// <summary>Requests that cannot be, or that come while other threads do something else: each ends, and nothing is half done.</summary>
public sealed class CaptureRacesTests
{
    private CoroutineTarget<int>? _self;
    private InvalidOperationException? _refused;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_coroutine_that_awaits_its_own_snapshot_gets_an_error_and_goes_on(bool moves)
    {
        var target = _self = Target.Start<int>(items => OfItself(items, moves), "self");

        await Wait.For(target.SendAsync(1));

        Assert.Contains($"This {(moves ? "move" : "snapshot")} can never complete, because it closes a cycle: self -> self", _refused?.Message, StringComparison.Ordinal);
        await Wait.For(target.SendAsync(2));
        await Wait.For(target.CloseAsync());
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task A_coroutine_that_awaits_the_snapshot_of_one_that_sends_to_it_gets_an_error()
    {
        var target = Target.Start<int>(items => OfItself(items, moves: false), "behind");
        _self = Target.Start<int>(items => Forward(items, target), "before");

        await Wait.For(target.SendAsync(1));

        Assert.Contains("behind -> behind", _refused?.Message, StringComparison.Ordinal);
        await Wait.For(_self.SendAsync(2));
    }

    [Fact]
    public async Task A_coroutine_may_await_the_snapshot_of_another()
    {
        var other = Target.Start<int, int>(items => Sum(items, null));
        await other.SendAsync(4);
        var target = Target.Start<int, int>(items => OfAnother(items, other));

        await Wait.For(target.SendAsync(1));

        Assert.Equal(4, await Wait.For(target.Completion));
    }

    [Fact]
    public async Task Senders_that_wait_when_a_coroutine_is_moved_are_told_so()
    {
        await NoContext.Enter();
        var signal = new Signal();
        var target = Target.Start<int, int>(items => Sum(items, signal.Task));
        var first = target.SendAsync(1).AsTask();
        var move = target.MoveAsync(new() { Outside = { ["gate"] = signal.Task } }).AsTask();
        var (second, close, snapshot) = (target.SendAsync(2).AsTask(), target.CloseAsync().AsTask(), target.SnapshotAsync().AsTask());

        signal.Set();

        await Wait.For(first);
        var copy = (await Wait.For(move)).Resume<int, int>();
        Assert.Contains("was moved", (await Wait.For(Assert.ThrowsAsync<TargetClosedException>(() => second))).InnerException!.Message, StringComparison.Ordinal);
        await Wait.For(Assert.ThrowsAsync<TargetClosedException>(() => snapshot));
        await Wait.For(close);
        await Wait.For(copy.CloseAsync());
        Assert.Equal(1, await copy.Completion);
        await Assert.ThrowsAsync<InvalidOperationException>(() => target.Completion);
    }

    [Fact]
    public async Task What_is_resumed_as_something_else_does_not_run()
    {
        var (time, log) = (new FakeTimeProvider(), new List<string>());
        var options = new SnapshotOptions { Outside = { ["time"] = time, ["log"] = log } };
        var pipeline = Source.From([1]).Through<int>((items, next) => ResumeAs(items, next, options, log)).To(Sink.ForEach<int>(_ => { }));

        await Wait.For(pipeline.RunAsync(new RunOptions { TimeProvider = time }));
        time.Advance(TimeSpan.FromHours(2));

        Assert.Equal(["refused"], log);
    }

    /// <summary>Waits until each call has ended; each of the possible outcomes is right.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Threads_that_send_capture_throw_and_close_at_the_same_time_all_get_an_answer(int seed) => Seed.Run(seed, async _ =>
    {
        await NoContext.Enter();
        var captured = 0;
        for (var round = 0; round < 50; round++)
        {
            var target = Target.Start<int, int>(items => Sum(items, Task.CompletedTask));
            var sink = Target.Start<int>(items => Relay(items, target));
            await sink.SendAsync(1); // from here on both have a strand
            await Wait.For(Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
            {
                var random = Seed.Random((seed * 10_000) + (round * 10) + thread);
                for (var i = 0; i < 20; i++)
                {
                    try
                    {
                        switch (random.Next(12))
                        {
                            case 0:
                                await target.ThrowAsync(new FormatException());
                                break;
                            case 1 when i > 10:
                                await (random.Next(2) == 0 ? target : sink).CloseAsync();
                                break;
                            case 2 when i > 10:
                                await (await target.MoveAsync()).Resume<int, int>().CloseAsync();
                                break;
                            case < 6:
                                await (await (random.Next(2) == 0 ? target : sink).SnapshotAsync()).Resume<int>().CloseAsync();
                                Interlocked.Increment(ref captured);
                                break;
                            case < 9:
                                await sink.SendAsync(1);
                                break;
                            default:
                                await target.SendAsync(1);
                                break;
                        }
                    }
                    catch (Exception error) when (error is TargetClosedException or FormatException || (error is NotPortableException && error.Message.Contains("ended with an error", StringComparison.Ordinal)))
                    {
                        // Its turn came after the end.
                    }
                }
            }))));

            await Wait.For(sink.CloseAsync());
            await Wait.For(target.CloseAsync());
            Assert.NotEqual(CoroutineStatus.Busy, target.Status);
        }

        Assert.NotEqual(0, captured);
    });

    private async Coroutine OfItself(Inbox<int> items, bool moves)
    {
        await foreach (var item in items)
        {
            if (item == 1)
            {
                try
                {
                    _ = moves ? await _self!.MoveAsync() : await _self!.SnapshotAsync();
                }
                catch (InvalidOperationException error)
                {
                    _refused = error;
                }
            }
        }
    }

    private static async Coroutine<int> OfAnother(Inbox<int> items, CoroutineTarget<int, int> other)
    {
        await items.ReceiveAsync();
        var copy = (await other.SnapshotAsync()).Resume<int, int>();
        await copy.CloseAsync();
        return await copy.Completion;
    }

    private static async Coroutine ResumeAs(Inbox<int> items, Target<int> next, SnapshotOptions options, List<string> log)
    {
        var waiting = Target.Start<int>(inbox => InTime(inbox, log));
        var snapshot = await waiting.MoveAsync(options);
        try
        {
            snapshot.Resume<string>();
        }
        catch (InvalidOperationException)
        {
            log.Add("refused");
        }

        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine InTime(Inbox<int> items, List<string> log)
    {
        await items.TryReceiveAsync(TimeSpan.FromHours(1));
        log.Add("ran");
    }

    private static async Coroutine<int> Sum(Inbox<int> items, Task? gate)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            if (gate is { IsCompleted: true })
            {
                await Task.Yield();
            }
            else if (gate is not null)
            {
                await gate;
            }

            gate = null;
            sum += item;
        }

        return sum;
    }

    private static async Coroutine Forward(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine Relay(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await Task.Yield();
            await next.SendAsync(item);
        }
    }
}
