using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Makes an asynchronous sequence that runs the source while it is enumerated.</summary>
    /// <remarks>
    /// Each enumeration is a run of its own. It starts with the first <c>MoveNextAsync</c>, on the caller's thread up to the first
    /// wait for something outside. The source goes on only as far as items are asked for, and <paramref name="capacity"/>
    /// items further. Leaving the enumeration early cancels the run and waits until every node has ended; if one fails in that time
    /// that is thrown from <c>DisposeAsync</c>. A failure of the run is thrown from <c>MoveNextAsync</c> after the items before it, with its
    /// own type and stack. The token given with <c>WithCancellation</c> cancels the run; then <c>MoveNextAsync</c> throws
    /// <see cref="OperationCanceledException"/> when the run has ended. Thread safety: the sequence may be enumerated several times at
    /// once; an enumerator belongs to one user at a time. Each item that is waited for allocates.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="capacity">How many items are produced ahead of those asked for; 0 or more. Default 0: an item is produced
    /// when it is asked for.</param>
    /// <returns>The sequence.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is negative.</exception>
    public static IAsyncEnumerable<T> ToAsyncEnumerable<T>(this Source<T> source, int capacity = 0)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        return Enumerate(source, capacity);
    }

    private static async IAsyncEnumerable<T> Enumerate<T>(Source<T> source, int capacity, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // The channel never holds more than the credit allows; it is completed when the whole run has ended.
        var channel = Channel.CreateUnbounded<T>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var credit = new SemaphoreSlim(capacity);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var run = source.To(Sink.Create<T>(items => Offer(items, channel.Writer, credit), "ToAsyncEnumerable")).RunAsync(stop.Token);
        _ = run.ContinueWith(_ => channel.Writer.TryComplete(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var isLeft = true;
        try
        {
            while (await channel.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (channel.Reader.TryRead(out var item))
                {
                    yield return item;
                    credit.Release();
                }
            }

            isLeft = false;
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (run.IsFaulted)
            {
                await run.ConfigureAwait(false);
            }
            else if (run.IsCanceled && !isLeft)
            {
                cancellationToken.ThrowIfCancellationRequested(); // with the token that the caller knows
            }
        }
    }

    private static async Coroutine Offer<T>(Inbox<T> items, ChannelWriter<T> writer, SemaphoreSlim credit)
    {
        await foreach (var item in items)
        {
            writer.TryWrite(item);
            await credit.WaitAsync(items.Cancellation);
        }
    }
}
