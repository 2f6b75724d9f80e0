using System.Diagnostics;

namespace Sluice;

/// <summary>Lets one task in at a time, first come first served: for what has to be done in one piece although it awaits in
/// between. What does not await needs no lock on a loop.</summary>
/// <remarks>It is not reentrant: a task that enters it twice waits for itself. Thread safety: none; it belongs to the loop that it
/// was made on, elsewhere its members throw <see cref="InvalidOperationException"/>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopLock
{
    private readonly EventLoop _loop = EventLoop.Current;
    private readonly string _name;
    private readonly WaiterQueue<Holder> _waiting;

    /// <summary>The number of the current hold; 0 if it is free.</summary>
    private long _hold;
    private long _lastHold;
    private LoopTask? _holder;

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="name">What it is called in dumps. Default: nothing.</param>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public LoopLock(string name = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        _name = name;
        _waiting = new(_loop, "", this);
    }

    /// <summary>Gets whether someone holds it.</summary>
    public bool IsHeld => _hold != 0;

    /// <summary>Enters, and waits for it if need be: <c>using (await theLock.EnterAsync())</c>. Does not let others run if it need
    /// not. Steady state allocates nothing.</summary>
    /// <returns>What to await, once; the result leaves the lock when it is disposed of.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. The lock is not held.</exception>
    public ValueTask<Holder> EnterAsync()
    {
        _loop.CheckThread();
        return IsHeld || _loop.CurrentScope.IsCancelled ? _waiting.Wait().AsValueTaskOfT() : new(Give(_loop.CurrentScope.Task, ++_lastHold));
    }

    /// <inheritdoc/>
    public override string ToString() => _holder is { } holder ? $"lock '{_name}' (held by task '{holder.Name}')" : $"lock '{_name}' (free)";

    /// <summary>Leaves it for a while, for any holder; gives back what <see cref="ReenterAsync"/> needs.</summary>
    internal long Release()
    {
        var hold = _hold;
        (_hold, _holder) = (0, null);
        if (_waiting.TryDequeue(out var next))
        {
            // Handed over here and now, so no one can overtake, and so that a cancellation cannot lose it.
            next.Value = Give(next.Scope!.Task, next.Value.Number == 0 ? ++_lastHold : next.Value.Number);
            next.Complete();
        }

        return hold;
    }

    /// <summary>Enters again under the same number, so that its holder's <c>using</c> still leaves it. Cannot be cancelled.</summary>
    internal ValueTask<Holder> ReenterAsync(long hold) =>
        IsHeld ? _waiting.Wait(new(this, hold), canBeCancelled: false).AsValueTaskOfT() : new(Give(_loop.CurrentScope.Task, hold));

    internal void CheckThread() => _loop.CheckThread();

    private Holder Give(LoopTask task, long hold)
    {
        (_hold, _holder) = (hold, task);
        return new(this, hold);
    }

    private void Leave(long hold)
    {
        CheckThread();
        if (hold == _hold)
        {
            Release();
        }
    }

    /// <summary>A hold of a lock. Dispose of it to leave the lock; again does nothing.</summary>
    public readonly record struct Holder : IDisposable
    {
        private readonly LoopLock? _lock;

        internal Holder(LoopLock @lock, long number) => (_lock, Number) = (@lock, number);

        internal long Number { get; }

        /// <summary>Leaves the lock, which goes to who waits longest.</summary>
        /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
        public void Dispose() => _lock?.Leave(Number);
    }
}
