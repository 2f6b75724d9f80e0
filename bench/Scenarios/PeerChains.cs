using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>The same chains with what a user would otherwise take.</summary>
internal static class PeerChains
{
    private const int Capacity = 1024;

    internal static long PassingHandlers(int stages, int items)
    {
        var count = new CountHandler<int>();
        Handler<int> head = count;
        for (var i = 0; i < stages; i++)
        {
            head = new PassHandler<int>(head);
        }

        return Feed(head, count, items);
    }

    internal static long OperatingHandlers(int operators, int items)
    {
        var count = new CountHandler<int>();
        Handler<int> head = count;
        for (var i = operators - 1; i >= 0; i--)
        {
            head = i % 2 == 0 ? new WhereHandler<int>(head, static x => x >= 0) : new SelectHandler<int, int>(head, static x => x + 1);
        }

        return Feed(head, count, items);
    }

    internal static long PassingRx(int stages, int items) => FeedRx(items, numbers =>
    {
        for (var i = 0; i < stages; i++)
        {
            numbers = numbers.Select(static x => x);
        }

        return numbers;
    });

    internal static long OperatingRx(int operators, int items) => FeedRx(items, numbers =>
    {
        for (var i = 0; i < operators; i++)
        {
            numbers = i % 2 == 0 ? numbers.Where(static x => x >= 0) : numbers.Select(static x => x + 1);
        }

        return numbers;
    });

    internal static long PassingAsyncLinq(int stages, int items)
    {
        var numbers = OurChains.Numbers(items).ToAsyncEnumerable();
        for (var i = 0; i < stages; i++)
        {
            numbers = numbers.Select(static x => x);
        }

        return CountAsync(numbers).Result;
    }

    internal static long OperatingAsyncLinq(int operators, int items)
    {
        var numbers = OurChains.Numbers(items).ToAsyncEnumerable();
        for (var i = 0; i < operators; i++)
        {
            numbers = i % 2 == 0 ? numbers.Where(static x => x >= 0) : numbers.Select(static x => x + 1);
        }

        return CountAsync(numbers).Result;
    }

    /// <summary>With a delegate that could wait, and never has to: what a coroutine stage can do too.</summary>
    internal static long PassingAsyncLinqThatMayWait(int stages, int items)
    {
        var numbers = OurChains.Numbers(items).ToAsyncEnumerable();
        for (var i = 0; i < stages; i++)
        {
            numbers = numbers.Select(static (int x, CancellationToken _) => new ValueTask<int>(x));
        }

        return CountAsync(numbers).Result;
    }

    /// <summary>Blocks run as tasks: several at once where there are cores for it, so that this is time and not work.</summary>
    internal static long PassingDataflow(int stages, int items) => PassingDataflow(stages, items, TaskScheduler.Default);

    /// <summary>One block at a time: the work, which on a busy machine is what counts.</summary>
    internal static long PassingDataflowInTurn(int stages, int items) =>
        PassingDataflow(stages, items, new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler);

    private static long PassingDataflow(int stages, int items, TaskScheduler scheduler)
    {
        var options = new ExecutionDataflowBlockOptions { BoundedCapacity = Capacity, SingleProducerConstrained = true, TaskScheduler = scheduler };
        var link = new DataflowLinkOptions { PropagateCompletion = true };
        var count = 0L;
        var sink = new ActionBlock<int>(_ => count++, options);
        ITargetBlock<int> head = sink;
        for (var i = 0; i < stages; i++)
        {
            var block = new TransformBlock<int, int>(static x => x, options);
            block.LinkTo(head, link);
            head = block;
        }

        FeedAsync().Wait();
        return count;

        async Task FeedAsync()
        {
            foreach (var number in OurChains.Numbers(items))
            {
                if (!head.Post(number))
                {
                    await head.SendAsync(number);
                }
            }

            head.Complete();
            await sink.Completion;
        }
    }

    /// <summary>The cheapest hand-over that a channel has; it cannot wait.</summary>
    internal static long PassingChannelTry(int stages, int items)
    {
        var channels = NewChannels(stages);
        var count = 0L;
        foreach (var number in OurChains.Numbers(items))
        {
            var item = number;
            foreach (var channel in channels)
            {
                if (!channel.Writer.TryWrite(item) || !channel.Reader.TryRead(out item))
                {
                    throw new InvalidOperationException("A channel that is used by one thread was full or empty.");
                }
            }

            count++;
        }

        return count;
    }

    /// <summary>A hand-over that could wait, and never has to.</summary>
    internal static long PassingChannelAwait(int stages, int items)
    {
        return RunAsync().Result;

        async Task<long> RunAsync()
        {
            var channels = NewChannels(stages);
            var count = 0L;
            foreach (var number in OurChains.Numbers(items))
            {
                var item = number;
                foreach (var channel in channels)
                {
                    await channel.Writer.WriteAsync(item);
                    item = await channel.Reader.ReadAsync();
                }

                count++;
            }

            return count;
        }
    }

    /// <summary>A task for each stage, as channels are meant to be used.</summary>
    internal static long PassingChannelTasks(int stages, int items)
    {
        var channels = NewChannels(stages + 1);
        for (var i = 0; i < stages; i++)
        {
            var (from, to) = (channels[i].Reader, channels[i + 1].Writer);
            _ = Task.Run(() => PassAsync(from, to));
        }

        var counting = Task.Run(() => CountAsync(channels[^1].Reader.ReadAllAsync()));
        FeedAsync(channels[0].Writer).Wait();
        return counting.Result;

        async Task FeedAsync(ChannelWriter<int> to)
        {
            foreach (var number in OurChains.Numbers(items))
            {
                await to.WriteAsync(number);
            }

            to.Complete();
        }

        static async Task PassAsync(ChannelReader<int> from, ChannelWriter<int> to)
        {
            while (await from.WaitToReadAsync())
            {
                while (from.TryRead(out var item))
                {
                    await to.WriteAsync(item);
                }
            }

            to.Complete();
        }
    }

    private static Channel<int>[] NewChannels(int count) =>
        [.. Enumerable.Range(0, count).Select(static _ => Channel.CreateBounded<int>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true }))];

    private static long Feed(Handler<int> head, CountHandler<int> count, int items)
    {
        foreach (var number in OurChains.Numbers(items))
        {
            head.Send(number);
        }

        return count.Count;
    }

    private static long FeedRx(int items, Func<IObservable<int>, IObservable<int>> compose)
    {
        using var subject = new Subject<int>();
        var count = 0L;
        using var subscription = compose(subject).Subscribe(_ => count++);
        foreach (var number in OurChains.Numbers(items))
        {
            subject.OnNext(number);
        }

        subject.OnCompleted();
        return count;
    }

    private static async Task<long> CountAsync(IAsyncEnumerable<int> numbers)
    {
        var count = 0L;
        await foreach (var _ in numbers)
        {
            count++;
        }

        return count;
    }
}
