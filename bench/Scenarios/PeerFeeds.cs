using System.Reactive.Subjects;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>Numbers into what peers make of them, and the sum of what comes out.</summary>
internal static class PeerFeeds
{
    /// <summary>The bound of each block: far less than all items.</summary>
    internal const int Capacity = 1024;

    internal static ExecutionDataflowBlockOptions ExecutionOptions { get; } = new() { BoundedCapacity = Capacity };

    /// <summary>For blocks that only one other block, or only the feeding loop, sends to.</summary>
    internal static ExecutionDataflowBlockOptions SingleProducerOptions { get; } = new() { BoundedCapacity = Capacity, SingleProducerConstrained = true };

    internal static DataflowLinkOptions LinkOptions { get; } = new() { PropagateCompletion = true };

    /// <summary>A subject, the cheapest observable that there is.</summary>
    /// <param name="numbers">What goes in.</param>
    /// <param name="compose">What is measured.</param>
    /// <param name="beforeEnd">Called when all numbers have gone in, before the end is told.</param>
    internal static long SumRx(int[] numbers, Func<IObservable<int>, IObservable<long>> compose, Action? beforeEnd = null)
    {
        using var subject = new Subject<int>();
        var sum = 0L;
        using var subscription = compose(subject).Subscribe(number => sum += number);
        foreach (var number in numbers)
        {
            subject.OnNext(number);
        }

        beforeEnd?.Invoke();
        subject.OnCompleted();
        return sum;
    }

    /// <summary>Blocks on the default scheduler: several at once where there are cores for it.</summary>
    /// <param name="numbers">What goes in.</param>
    /// <param name="compose">Makes what is measured and links it to the block that adds up; gives the block or blocks that
    /// every number goes to.</param>
    /// <param name="beforeEnd">Called when all numbers have gone in, before the end is told.</param>
    internal static long SumDataflow(int[] numbers, Func<ITargetBlock<long>, ITargetBlock<int>[]> compose, Action? beforeEnd = null)
    {
        var sum = 0L;
        var sink = new ActionBlock<long>(number => sum += number, ExecutionOptions);
        var heads = compose(sink);
        FeedAsync().Wait();
        return sum;

        async Task FeedAsync()
        {
            foreach (var number in numbers)
            {
                foreach (var head in heads)
                {
                    await head.SendAsync(number);
                }
            }

            beforeEnd?.Invoke();
            Array.ForEach(heads, static head => head.Complete());
            await sink.Completion;
        }
    }

    /// <summary>Several blocks to one, which completes when the last of them has.</summary>
    internal static void MergeInto(ITargetBlock<long> sink, IReadOnlyCollection<ISourceBlock<long>> blocks)
    {
        foreach (var block in blocks)
        {
            block.LinkTo(sink);
        }

        _ = CompleteAsync();

        async Task CompleteAsync()
        {
            await Task.WhenAll(blocks.Select(static block => block.Completion));
            sink.Complete();
        }
    }
}
