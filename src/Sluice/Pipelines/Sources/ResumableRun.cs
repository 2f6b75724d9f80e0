using System.Diagnostics;
using Sluice.Bytes;

namespace Sluice;

/// <summary>One run of a source that knows where it stands, as its coroutine sees it: see
/// <see cref="Source.Resumable{T, TPosition}(TPosition, Func{ResumableRun{T, TPosition}, Coroutine}, string, string, string)"/>.</summary>
/// <remarks>Thread safety: only the source's own coroutine uses it, but for the tokens and <see cref="TimeProvider"/>.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <typeparam name="TPosition">The type of the positions.</typeparam>
[DebuggerDisplay("at {Position}")]
public sealed class ResumableRun<T, TPosition> : ISourcePosition
{
    private readonly SourceRun<T> _run;
    private readonly T[] _item = new T[1];
    private readonly TPosition[] _behindItem = new TPosition[1];

    /// <summary>The positions behind the items that are sent now; null between two sends.</summary>
    private TPosition[]? _behind;

    /// <summary>The last position that was reported as committed. Owner: the job, which reports one at a time.</summary>
    private (bool IsThere, TPosition Position) _reported;

    private ResumableRun(SourceRun<T> run, TPosition start)
    {
        _run = run;
        IsDurable = run.Run.Starter is not null;
        if (run.ResumesAt is { } stored)
        {
            Position = (TPosition)run.Run.Starter!.ReadValue(stored)!;
            IsResumed = true;
        }
        else
        {
            Position = start;
        }
    }

    /// <summary>The position behind the last item that was sent, and before that where it has to begin.</summary>
    public TPosition Position { get; private set; }

    /// <summary>Gets whether the run goes on at a checkpoint: <see cref="Position"/> was read from there when it began.</summary>
    public bool IsResumed { get; }

    /// <summary>Gets whether checkpoints are taken. If not, <see cref="Committed"/> is never called: a source that acknowledges does so when a send has completed.</summary>
    public bool IsDurable { get; }

    /// <summary>Gets whether no more items are wanted.</summary>
    public bool IsClosed => _run.Next.IsClosed;

    /// <summary>Cancelled with the run, and when no more items are wanted.</summary>
    public CancellationToken Cancellation => _run.Cancellation;

    /// <summary>The clock of the run.</summary>
    public TimeProvider TimeProvider => _run.Run.TimeProvider;

    /// <summary>Called with a position when a checkpoint that has it is committed, and when the job has finished: everything up to there has been handled and is never
    /// asked for again, so it may be acknowledged or deleted. Default null: nothing is called.</summary>
    /// <remarks>
    /// <para>Called on the thread pool and not within the run, one call at a time, each with a later position than the one before. If a call fails, or takes longer than the job gives
    /// its store (<c>JobOptions.StoreTimeout</c>), that counts as a checkpoint that has failed, and it is called again before the next one; the checkpoint stays committed.</para>
    /// <para>At a crash between the commit and the call, the next run calls it with its first checkpoint. So it may get a position again, and has to acknowledge everything up to it,
    /// not only what this run has sent. As it is called once more when the coroutine has ended, what it uses must still be open then.</para>
    /// <para>A run that goes on at a checkpoint behind the source's end starts the coroutine once more, so that it sets this again: <see cref="IsClosed"/> is true then, a send is cancelled, and
    /// <see cref="Cancellation"/> is cancelled when this is set. So set it before the first send.</para>
    /// </remarks>
    public Func<TPosition, CancellationToken, ValueTask>? Committed
    {
        get;
        set
        {
            field = value;
            _run.EndOfTold?.Cancel();
        }
    }

    /// <summary>Sends an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="behind">The position behind it, at which a run goes on that has handled it.</param>
    /// <returns>Ends when it was handled, or is not wanted. What the receivers raise comes out of it.</returns>
    /// <exception cref="InvalidOperationException">Awaited: another send is under way.</exception>
    /// <exception cref="OperationCanceledException">Awaited: <see cref="Cancellation"/> was cancelled.</exception>
    public Coroutine SendAsync(T item, TPosition behind)
    {
        ThrowIfSending();
        (_item[0], _behindItem[0]) = (item, behind);
        return SendAllAsync(_item, _behindItem, 1);
    }

    /// <summary>Sends the first items of an array, in chunks where the receiver takes them, and gives way now and then. A checkpoint between two of them has the position there.</summary>
    /// <param name="items">The items. The array may be written to again when this has ended.</param>
    /// <param name="behind">The position behind each of them.</param>
    /// <param name="count">How many, from the first on; 0 or more.</param>
    /// <returns>Ends when all were handled, or are not wanted. What the receivers raise comes out of it.</returns>
    /// <exception cref="ArgumentNullException">Awaited: an array is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Awaited: <paramref name="count"/> is negative, or more than an array has.</exception>
    /// <exception cref="InvalidOperationException">Awaited: another send is under way.</exception>
    /// <exception cref="OperationCanceledException">Awaited: <see cref="Cancellation"/> was cancelled.</exception>
    public async Coroutine SendAllAsync(T[] items, TPosition[] behind, int count)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(behind);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Math.Min(items.Length, behind.Length), nameof(count));
        ThrowIfSending();
        if (_run.EndOfTold is { } end)
        {
            await end.CancelAsync();
            Cancellation.ThrowIfCancellationRequested(); // nothing more is wanted of it
        }

        _behind = behind;
        try
        {
            await _run.SendAllAsync(items, count);
            if (count > 0 && !IsClosed) // else some of them may not have been taken
            {
                Position = behind[count - 1];
            }
        }
        finally
        {
            _behind = null;
        }
    }

    /// <summary>Moves on without an item, for example behind rows that were left out. Between two sends.</summary>
    /// <param name="position">The new position.</param>
    /// <exception cref="InvalidOperationException">Thrown: a send is under way.</exception>
    public void MoveTo(TPosition position)
    {
        ThrowIfSending();
        Position = position;
    }

    /// <summary>The position as a text, for error policies.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Position?.ToString() ?? "";

    void ISourcePosition.Write(ByteSink to, int handed) => _run.Run.Starter!.WriteValue(to, PositionBehind(handed));

    string ISourcePosition.PlaceOf(int handed) => PlaceText.Of(PositionBehind(handed + 1));

    /// <summary>With the position of now: the source goes on while the checkpoint is stored.</summary>
    ICommitListener? ISourcePosition.ListenerAt(int handed) => Committed is { } committed ? new Listener(this, committed, PositionBehind(handed)) : null;

    bool ISourcePosition.IsToldAfterEnd => Committed is not null;

    /// <summary>The one of this run: also after a restart by an error policy.</summary>
    internal static ResumableRun<T, TPosition> Of(SourceRun<T> run, TPosition start)
    {
        if (run.RestartPosition is not ResumableRun<T, TPosition> kept)
        {
            kept = new(run, start);
            run.RestartPosition = kept;
            run.Position = kept;
        }

        return kept;
    }

    private TPosition PositionBehind(int handed) => handed == 0 ? Position : _behind![handed - 1];

    private async ValueTask ReportAsync(Func<TPosition, CancellationToken, ValueTask> committed, TPosition position, CancellationToken cancellation)
    {
        if (_reported.IsThere && EqualityComparer<TPosition>.Default.Equals(_reported.Position, position))
        {
            return;
        }

        await committed(position, cancellation).ConfigureAwait(false);
        _reported = (true, position);
    }

    private void ThrowIfSending()
    {
        if (_behind is not null)
        {
            throw new InvalidOperationException("A send of this source is under way. Await it before the next one: positions are in the order of the items.");
        }
    }

    /// <summary>Told that a position is committed. On the pool: the call is the application's.</summary>
    private sealed class Listener(ResumableRun<T, TPosition> run, Func<TPosition, CancellationToken, ValueTask> committed, TPosition position) : ICommitListener
    {
        public Task PrepareAsync(string? name, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task CommittedAsync(int kept, IReadOnlySet<string> names, CancellationToken cancellationToken) =>
            Task.Run(() => run.ReportAsync(committed, position, cancellationToken).AsTask(), CancellationToken.None).WaitAsync(cancellationToken);
    }
}
