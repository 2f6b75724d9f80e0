using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>One run of a source, as the source's coroutine sees it: see <see cref="Source.Create{T}(Func{SourceRun{T}, Coroutine}, string, string, string)"/>.</summary>
/// <remarks>Thread safety: <see cref="Next"/> and the token may be used anywhere, the rest only by the source's own coroutine.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed partial class SourceRun<T>
{
    /// <summary>A chunk's length at the most: between two chunks the source gives way.</summary>
    internal const int ChunkLength = 1024;

    /// <summary>The receiver, if it is one that may take chunks.</summary>
    private readonly NodePort<T>? _port;
    private long _sent;

    internal SourceRun(Target<T> next, Run run, bool isGuarded, CancellationToken cancellation)
    {
        _port = next as NodePort<T>;
        WithinStrand = isGuarded ? new SentTarget<T>(next, this) : next;
        Next = StrandEdge<T>.For(WithinStrand, run.Strand);
        Run = run;
        Cancellation = cancellation;
    }

    /// <summary>The target of the items. <see cref="Target{T}.IsClosed"/> says that none are wanted any more. Tasks that the source has started may
    /// send too; sends take their turns.</summary>
    public Target<T> Next { get; }

    /// <summary>The same for the library's own sources, which send on the strand's stack only.</summary>
    internal Target<T> WithinStrand { get; }

    /// <summary>Cancelled with the run, and when no more items are wanted.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The number of times that the source was started again in this run, by its error policy (<see cref="Source{T}.OnError(ErrorPolicy)"/>): 0 at first.</summary>
    public int Restarts { get; internal set; }

    /// <summary>The place at which the source goes on if it fails and its error policy starts it again: set it whenever items have been sent, and look at it when it
    /// starts. The policy's callback gets its text (<see cref="SourceRestart.Position"/>). Default null: the source begins from the start.</summary>
    public object? RestartPosition { get; set; }

    /// <summary>Gets whether an item was sent since the source was started. Known only of one under an error policy. Threads that the source has started may write it:
    /// all write the same.</summary>
    internal bool HasSent { get; set; }

    internal Run Run { get; }

    /// <summary>Lets everything else that waits for the run's strand go first. Await it between two items of a source that rarely waits for
    /// anything else; it does nothing if nothing waits, and allocates nothing.</summary>
    /// <returns>To be awaited by a coroutine.</returns>
    /// <exception cref="OperationCanceledException">Thrown: <see cref="Cancellation"/> is cancelled.</exception>
    public GiveWayAwaitable GiveWayAsync()
    {
        Cancellation.ThrowIfCancellationRequested();
        return new(this);
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

    /// <summary>The receiver takes no more of a chunk.</summary>
    internal void EndChunk() => _port?.EndChunk();

    /// <summary>Sends a part of an array, of which the first has this number in the source.</summary>
    internal async Coroutine SendAllAsync(T[] items, int start, int end, long firstIndex)
    {
        var first = start;
        while (MustStop)
        {
            await GiveWayAsync(); // a mark passes what this feeds
        }

        BeginSend();
        try
        {
            while (start < end && !Next.IsClosed)
            {
                if (_port is { TakesChunk: true } port)
                {
                    HasSent = true;
                    var chunkEnd = Math.Min(start + ChunkLength, end);
                    await port.SendChunkWithin(items, start, chunkEnd, firstIndex, Cancellation);
                    start = port.IsClosed ? chunkEnd : port.EndOfChunk; // a mark may have cut it
                }
                else
                {
                    await WithinStrand.SendAsync(items[start]);
                    start++;
                }

                Handed = start - first;
                await GiveWayAsync();
            }
        }
        finally
        {
            EndSend();
        }
    }

    /// <summary>The result of <see cref="GiveWayAsync"/>; used by the compiler.</summary>
    public readonly struct GiveWayAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly SourceRun<T> _run;

        internal GiveWayAwaitable(SourceRun<T> run) => _run = run;

        /// <summary>Gets whether nothing waits.</summary>
        public bool IsCompleted => !_run.Run.Strand.HasWork && !_run.MustStop;

        /// <summary>Supports <c>await</c>; the compiler calls it.</summary>
        /// <returns>The awaiter.</returns>
        public GiveWayAwaitable GetAwaiter() => this;

        /// <summary>Ends the await.</summary>
        public void GetResult()
        {
        }

        IParkingPlace? IParkingAwaiter.Place => null;

        void IParkingAwaiter.Park(Coroutine coroutine) => _run.GiveWay(coroutine);

        /// <summary>Refuses code that is no coroutine.</summary>
        /// <param name="continuation">The code.</param>
        /// <exception cref="InvalidOperationException">Thrown: always.</exception>
        public void OnCompleted(Action continuation) => throw new InvalidOperationException("Only a coroutine can give way.");

        /// <inheritdoc cref="OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
