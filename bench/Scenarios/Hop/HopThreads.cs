using System.Collections.Concurrent;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>Numbers from one thread to another, with what a user would otherwise take: each as fast as it can be written.</summary>
internal static class HopThreads
{
    private const int Capacity = PeerFeeds.Capacity;

    internal static long ByPipeline(long[] numbers) => Source.From(numbers).On(Env.Thread()).To<long>(Stages.Count).RunAsync().Result;

    /// <summary>Both sides work on as long as there is room, or items, and only then await.</summary>
    internal static long ByChannel(long[] numbers)
    {
        var channel = NewChannel();
        var writing = Task.Run(WriteAsync);
        var count = ReadAsync().Result;
        writing.Wait();
        return count;

        async Task WriteAsync()
        {
            var writer = channel.Writer;
            foreach (var number in numbers)
            {
                while (!writer.TryWrite(number))
                {
                    await writer.WaitToWriteAsync().ConfigureAwait(false);
                }
            }

            writer.Complete();
        }

        async Task<long> ReadAsync()
        {
            var count = 0L;
            while (await channel.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (channel.Reader.TryRead(out _))
                {
                    count++;
                }
            }

            return count;
        }
    }

    internal static long ByBlockingCollection(long[] numbers)
    {
        using var items = new BlockingCollection<long>(Capacity);
        var writing = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var count = 0L;
        foreach (var _ in items.GetConsumingEnumerable())
        {
            count++;
        }

        writing.Wait();
        return count;

        void Write()
        {
            foreach (var number in numbers)
            {
                items.Add(number);
            }

            items.CompleteAdding();
        }
    }

    /// <summary>The block's own queue is the boundary, so there is no second one in front of it.</summary>
    internal static long ByDataflow(long[] numbers)
    {
        var count = 0L;
        var sink = new ActionBlock<long>(_ => count++, PeerFeeds.SingleProducerOptions);
        FeedAsync().Wait();
        return count;

        async Task FeedAsync()
        {
            foreach (var number in numbers)
            {
                if (!sink.Post(number))
                {
                    await sink.SendAsync(number).ConfigureAwait(false);
                }
            }

            sink.Complete();
            await sink.Completion.ConfigureAwait(false);
        }
    }

    /// <summary>One number at a time, there through one channel and back through another.</summary>
    internal static long PingByChannels(int count)
    {
        var (there, back) = (NewChannel(), NewChannel());
        var answering = Task.Run(AnswerAsync);
        var last = Task.Run(SendAsync).Result;
        answering.Wait();
        return last;

        async Task AnswerAsync()
        {
            await foreach (var number in there.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await back.Writer.WriteAsync(number).ConfigureAwait(false);
            }
        }

        async Task<long> SendAsync()
        {
            var last = 0L;
            for (var i = 1; i <= count; i++)
            {
                await there.Writer.WriteAsync(i).ConfigureAwait(false);
                last = await back.Reader.ReadAsync().ConfigureAwait(false);
            }

            there.Writer.Complete();
            return last;
        }
    }

    /// <summary>The same between two threads that block. Of two tasks each is resumed on the thread that woke it: no number then goes
    /// from one processor to another.</summary>
    internal static long PingByThreads(int count)
    {
        var (there, back) = (NewChannel(), NewChannel());
        var answering = Task.Factory.StartNew(Answer, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var last = 0L;
        for (var i = 1; i <= count; i++)
        {
            there.Writer.TryWrite(i);
            last = Receive(back);
        }

        there.Writer.TryWrite(0);
        answering.Wait();
        return last;

        void Answer()
        {
            while (Receive(there) is var number and not 0)
            {
                back.Writer.TryWrite(number);
            }
        }

        static long Receive(Channel<long> channel) => channel.Reader.TryRead(out var number) ? number : channel.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
    }

    private static Channel<long> NewChannel() => Channel.CreateBounded<long>(new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = true });
}
