namespace Sluice.Tests;

/// <summary>Steady state costs no memory: many rounds allocate what a few do.</summary>
public sealed class LoopAllocationTests
{
    private const int Few = 100;
    private const int Many = 10_100;

    /// <summary>The least of several counts: a collection that others bring about ends the thread's piece of the heap, whose rest counts
    /// as allocated.</summary>
    private const int Tries = 5;

    [Fact]
    public void Posting_allocates_nothing() => AssertSame(async count =>
    {
        var (calls, loop) = (0, EventLoop.Current);
        Action callback = () => calls++;
        for (var i = 0; i < count; i++)
        {
            loop.Post(callback);
            await EventLoop.YieldAsync();
        }
    });

    [Fact]
    public void A_sleep_allocates_nothing() => AssertSame(async count =>
    {
        for (var i = 0; i < count; i++)
        {
            await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(1));
        }
    });

    [Fact]
    public void A_queue_between_two_tasks_allocates_nothing() => AssertSame(count => TaskGroup.RunAsync(async group =>
    {
        var (queue, sum) = (new LoopQueue<int>(capacity: 4), 0L);
        group.Start(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                await queue.PutAsync(i);
            }
        });
        for (var i = 0; i < count; i++)
        {
            sum += await queue.GetAsync();
        }

        Assert.Equal((long)count * (count - 1) / 2, sum);
    }));

    [Fact]
    public void A_lock_an_event_and_a_semaphore_allocate_nothing() => AssertSame(count => TaskGroup.RunAsync(async group =>
    {
        var (gate, free, turn) = (new LoopLock(), new LoopSemaphore(1), new LoopEvent());
        group.Start(() => UseAsync());
        await UseAsync();

        async Task UseAsync()
        {
            for (var i = 0; i < count; i++)
            {
                using (await gate.EnterAsync())
                {
                    await EventLoop.YieldAsync();
                }

                await free.WaitAsync();
                await EventLoop.YieldAsync();
                free.Release();
                turn.Set();
                await turn.WaitAsync();
                turn.Reset();
            }
        }
    }));

    private static void AssertSame(Func<int, Task> rounds)
    {
        var (few, many) = (long.MaxValue, long.MaxValue);
        OnLoop.Run(
            async () =>
            {
                await Measure(Many); // makes what is made once
                for (var i = 0; i < Tries; i++)
                {
                    (few, many) = (Math.Min(few, await Measure(Few)), Math.Min(many, await Measure(Many)));
                }
            },
            new EventLoopOptions { TimeProvider = new Stepping(), HandleSignals = false });
        Assert.InRange(many - few, long.MinValue, (Many - Few) / 10); // an object takes 24 bytes

        async Task<long> Measure(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            await rounds(count);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>A clock that moves by a millisecond each time it is looked at.</summary>
    private sealed class Stepping : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => ++_now;
    }
}
