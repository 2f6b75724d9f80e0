using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>One run of a source, as the source's coroutine sees it: see <see cref="Source.Create{T}(Func{SourceRun{T}, Coroutine}, string, string, string)"/>.</summary>
/// <remarks>Thread safety: <see cref="Next"/> and the token may be used anywhere, the rest only by the source's own coroutine.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class SourceRun<T>
{
    /// <summary>A chunk's length at the most: between two chunks the source gives way.</summary>
    internal const int ChunkLength = 1024;

    private long _sent;

    internal SourceRun(Target<T> next, Run run, CancellationToken cancellation) =>
        (WithinStrand, Next, Run, Cancellation) = (next, StrandEdge<T>.For(next, run.Strand), run, cancellation);

    /// <summary>The target of the items. <see cref="Target{T}.IsClosed"/> says that none are wanted any more. Tasks that the source has started may
    /// send too; sends take their turns.</summary>
    public Target<T> Next { get; }

    /// <summary>The same for the library's own sources, which send on the strand's stack only.</summary>
    internal Target<T> WithinStrand { get; }

    /// <summary>Cancelled with the run, and when no more items are wanted.</summary>
    public CancellationToken Cancellation { get; }

    internal Run Run { get; }

    /// <summary>Lets everything else that waits for the run's strand go first. Await it between two items of a source that rarely waits for
    /// anything else; it does nothing if nothing waits, and allocates nothing.</summary>
    /// <returns>To be awaited by a coroutine.</returns>
    /// <exception cref="OperationCanceledException">Thrown: <see cref="Cancellation"/> is cancelled.</exception>
    public GiveWayAwaitable GiveWayAsync()
    {
        Cancellation.ThrowIfCancellationRequested();
        return new(Run.Strand);
    }

    /// <summary>Sends the first items of an array, and gives way now and then. A single coroutine that receives them takes them in chunks,
    /// which costs a fraction of a send for each.</summary>
    /// <remarks>Ends early, without an error, when no more items are wanted. What the receivers raise comes out of it.</remarks>
    /// <param name="items">The items. The array may be written to again when this has ended.</param>
    /// <param name="count">How many, from the first on.</param>
    /// <returns>Ends when all were handled.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="items"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is negative, or more than the array has.</exception>
    /// <exception cref="OperationCanceledException">Awaited: <see cref="Cancellation"/> was cancelled.</exception>
    public Coroutine SendAllAsync(T[] items, int count)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)items.Length, nameof(count));
        var first = _sent;
        _sent += count;
        return SendAllAsync(items, 0, count, first);
    }

    /// <summary>Sends a part of an array, of which the first has this number in the source.</summary>
    internal async Coroutine SendAllAsync(T[] items, int start, int end, long firstIndex)
    {
        while (start < end && !Next.IsClosed)
        {
            if (WithinStrand is NodePort<T> { TakesChunk: true } port)
            {
                var chunkEnd = Math.Min(start + ChunkLength, end);
                await port.SendChunkWithin(items, start, chunkEnd, firstIndex, Cancellation);
                start = chunkEnd;
            }
            else
            {
                await WithinStrand.SendAsync(items[start]);
                start++;
            }

            await GiveWayAsync();
        }
    }

    /// <summary>The result of <see cref="GiveWayAsync"/>; used by the compiler.</summary>
    public readonly struct GiveWayAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly Strand _strand;

        internal GiveWayAwaitable(Strand strand) => _strand = strand;

        /// <summary>Gets whether nothing waits.</summary>
        public bool IsCompleted => !_strand.HasWork;

        /// <summary>Supports <c>await</c>; the compiler calls it.</summary>
        /// <returns>The awaiter.</returns>
        public GiveWayAwaitable GetAwaiter() => this;

        /// <summary>Ends the await.</summary>
        public void GetResult()
        {
        }

        IParkingPlace? IParkingAwaiter.Place => null;

        void IParkingAwaiter.Park(Coroutine coroutine) => Suspending.Requeue(coroutine);

        /// <summary>Refuses code that is no coroutine.</summary>
        /// <param name="continuation">The code.</param>
        /// <exception cref="InvalidOperationException">Thrown: always.</exception>
        public void OnCompleted(Action continuation) => throw new InvalidOperationException("Only a coroutine can give way.");

        /// <inheritdoc cref="OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
