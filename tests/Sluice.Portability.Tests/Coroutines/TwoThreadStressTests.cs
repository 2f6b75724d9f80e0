namespace Sluice.Tests;

/// <summary>Rule 7: two threads that use a target at the same time lose nothing, and are never inside together.</summary>
/// <remarks>The rounds are so many that they take some seconds. Seeds are fixed.</remarks>
[Trait("Category", "Stress")]
[Trait("Configuration", "Release")]
public sealed class TwoThreadStressTests
{
    private const int Rounds = 5_000;
    private const int RunRounds = 400;
    private const int Operations = 6;

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public Task Two_threads_send_throw_close_and_take_snapshots_by_hand(int awaitEvery) => Seed.Run(awaitEvery, async _ =>
    {
        using var together = new Barrier(2);
        CoroutineTarget<int> target = null!;
        var ledger = new Ledger();
        var other = Threads.Run(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                Assert.True(together.SignalAndWait(Wait.Limit), "the round did not begin");
                var random = Seed.Random(round);
                Thread.SpinWait(random.Next(60));
                Use(target, random, ledger, 1000, closes: round % 3 == 0);
                Assert.True(together.SignalAndWait(Wait.Limit), "the round did not end");
            }
        });

        for (var round = 0; round < Rounds; round++)
        {
            ledger = new Ledger { AwaitEvery = awaitEvery };
            target = Target.Start<int>(inbox => Receive(inbox, ledger), "receiver");
            Assert.True(together.SignalAndWait(Wait.Limit), "the round did not begin");
            var random = Seed.Random(-round);
            Use(target, random, ledger, 0, closes: round % 3 != 1);
            Assert.True(together.SignalAndWait(Wait.Limit), "the round did not end");
            Now(target.CloseAsync(), "the last close");
            Now(new(target.Completion), "the end");

            Assert.Equal(0, ledger.Violations);
            Assert.Equal(ledger.Delivered.Order(), ledger.Received.Order());
            Assert.Equal(ledger.ThrownIn, ledger.Caught);
            Assert.Equal(CoroutineStatus.Completed, target.Status);
        }

        await Wait.For(other);
        AssertThreadIsWell();
    });

    [Fact]
    public Task Two_tasks_of_a_stage_send_throw_and_close_in_a_pipeline() => Seed.Run(0, async _ =>
    {
        for (var round = 0; round < RunRounds; round++)
        {
            var ledger = new Ledger { AwaitEvery = round % 5 };
            var seed = round;
            var source = Source.From([1, 2, 3]).Through<int>(async (items, next) =>
            {
                await foreach (var item in items)
                {
                    var random = Seed.Random(seed * item);
                    var tasks = Enumerable.Range(0, 2).Select(task => Task.Run(() => Use(next, Seed.Random((seed * item) + task), ledger, (item * 10_000) + (task * 1000), closes: false)));
                    await Task.WhenAll(tasks).ConfigureAwait(false);
                }

                await Task.WhenAll(Task.Run(async () => await next.CloseAsync()), Task.Run(async () => await next.CloseAsync())).ConfigureAwait(false);
            });
            var isDirect = round % 2 == 0;
            await Wait.For((isDirect ? source : source.Where(static _ => true)).To(items => Receive(items, ledger)).RunAsync());

            Assert.Equal(0, ledger.Violations);
            Assert.Equal(ledger.Delivered.Order(), ledger.Received.Order());
            Assert.Equal(ledger.ThrownIn, ledger.Caught);
        }

        AssertThreadIsWell();
    });

    /// <summary>Some operations, each awaited by blocking.</summary>
    private static void Use(Target<int> target, Random random, Ledger ledger, int firstItem, bool closes)
    {
        for (var i = 0; i < Operations; i++)
        {
            var item = firstItem + i;
            try
            {
                switch (random.Next(closes && i > 2 ? 10 : 9))
                {
                    case < 7:
                        Now(target.SendAsync(item), $"the send of {item}");
                        lock (ledger.Delivered)
                        {
                            ledger.Delivered.Add(item);
                        }

                        break;
                    case 7:
                        Now(target.ThrowAsync(new FormatException()), "a throw");
                        Interlocked.Increment(ref ledger.ThrownIn);
                        break;
                    case 8 when target is CoroutineTarget<int> byHand and not INodeBody:
                        var captured = byHand.SnapshotAsync(Options).AsTask();
                        Assert.True(((IAsyncResult)captured).AsyncWaitHandle.WaitOne(Wait.Limit), "Waited in vain for: a snapshot");
                        Assert.True(captured.GetAwaiter().GetResult().Length > 0);
                        break;
                    case 9:
                        Now(target.CloseAsync(), "a close");
                        break;
                }
            }
            catch (TargetClosedException)
            {
                return; // the other one has closed it
            }
        }
    }

    private static readonly SnapshotOptions Options = new();

    private static void Now(ValueTask done, string what)
    {
        var task = done.AsTask();
        Assert.True(((IAsyncResult)task).AsyncWaitHandle.WaitOne(Wait.Limit), $"Waited in vain for: {what}");
        task.GetAwaiter().GetResult();
    }

    private static async Coroutine Receive(Inbox<int> inbox, Ledger ledger)
    {
        while (true)
        {
            try
            {
                var received = await inbox.TryReceiveAsync(Timeout.InfiniteTimeSpan);
                if (received.IsClosed)
                {
                    return;
                }

                ledger.Enter();
                ledger.Received.Add(received.Item);
                ledger.Leave();
                if (ledger.AwaitEvery > 0 && ledger.Received.Count % ledger.AwaitEvery == 0)
                {
                    await Task.Yield();
                }
            }
            catch (FormatException)
            {
                ledger.Enter();
                ledger.Caught++;
                ledger.Leave();
            }
        }
    }

    /// <summary>A run on this thread, which a thread that still believes to be inside of a strand would not end.</summary>
    private static void AssertThreadIsWell()
    {
        Assert.Null(Strand.CurrentHome);
        Assert.True(Source.From([1]).To(Sink.ToList<int>()).RunAsync().IsCompletedSuccessfully);
    }

    internal sealed class Ledger
    {
        internal int AwaitEvery;
        internal int Violations;
        internal int Caught;
        internal int ThrownIn;
        private int _inside;

        internal List<int> Received { get; } = [];

        internal List<int> Delivered { get; } = [];

        internal void Enter() => Violations += Interlocked.Increment(ref _inside) - 1;

        internal void Leave() => Interlocked.Decrement(ref _inside);
    }
}
