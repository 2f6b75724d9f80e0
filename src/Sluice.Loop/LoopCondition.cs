using System.Diagnostics;

namespace Sluice;

/// <summary>Tasks that hold a lock wait for something about what it guards; the task that changes it wakes them.</summary>
/// <remarks>Wait in a loop that looks whether it is so: <c>while (!ready) await condition.WaitAsync();</c>. Thread safety: none; it
/// belongs to the loop of its lock, elsewhere its members throw <see cref="InvalidOperationException"/>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopCondition
{
    private readonly LoopLock _lock;
    private readonly string _name;
    private readonly WaiterQueue<NoValue> _waiting;

    /// <summary>Makes a condition.</summary>
    /// <param name="theLock">The lock.</param>
    /// <param name="name">What it is called in dumps. Default: nothing.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="theLock"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public LoopCondition(LoopLock theLock, string name = "")
    {
        ArgumentNullException.ThrowIfNull(theLock);
        ArgumentNullException.ThrowIfNull(name);
        (_lock, _name) = (theLock, name);
        _waiting = new(EventLoop.Current, "", this);
    }

    /// <summary>Leaves the lock, waits to be told, and enters the lock again. The caller's hold stays the same.</summary>
    /// <returns>Completes when the lock is held again, however the wait ends.</returns>
    /// <exception cref="InvalidOperationException">Awaited: the lock is not held, or the caller is not on the loop's thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. The lock is held again.</exception>
    public async Task WaitAsync()
    {
        CheckIsHeld();
        var hold = _lock.Release();
        try
        {
            await _waiting.Wait().AsValueTask();
        }
        finally
        {
            await _lock.ReenterAsync(hold);
        }
    }

    /// <summary>Wakes those that have waited longest.</summary>
    /// <param name="count">How many at the most; 1 or more. Default: 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the lock is not held, or the caller is not on the loop's thread.</exception>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        CheckIsHeld();
        for (; count > 0 && _waiting.TryDequeue(out var waiter); count--)
        {
            waiter.Complete();
        }
    }

    /// <summary>Wakes all that wait.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the lock is not held, or the caller is not on the loop's thread.</exception>
    public void NotifyAll()
    {
        CheckIsHeld();
        _waiting.CompleteAll();
    }

    /// <inheritdoc/>
    public override string ToString() => $"condition '{_name}'";

    private void CheckIsHeld()
    {
        _lock.CheckThread();
        if (!_lock.IsHeld)
        {
            throw new InvalidOperationException($"The {_lock} has to be held.");
        }
    }
}
