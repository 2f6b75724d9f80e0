using System.Diagnostics;

namespace Sluice;

/// <summary>Lets a number of tasks in at a time, first come first served.</summary>
/// <remarks>Thread safety: none; it belongs to the loop that it was made on, elsewhere its members throw
/// <see cref="InvalidOperationException"/>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopSemaphore
{
    private readonly EventLoop _loop = EventLoop.Current;
    private readonly string _name;
    private readonly WaiterQueue<NoValue> _waiting;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="count">How many may enter; zero or more.</param>
    /// <param name="name">What it is called in dumps. Default: nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public LoopSemaphore(int count, string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(name);
        (Count, _name) = (count, name);
        _waiting = new(_loop, "", this);
    }

    /// <summary>The number that may enter now.</summary>
    public int Count { get; private set; }

    /// <summary>Enters, and waits for it if need be. Does not let others run if it need not. Steady state allocates nothing.</summary>
    /// <returns>What to await, once.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. No one has entered.</exception>
    public ValueTask WaitAsync()
    {
        _loop.CheckThread();
        if (Count == 0 || _loop.CurrentScope.IsCancelled)
        {
            return _waiting.Wait().AsValueTask();
        }

        Count--;
        return default;
    }

    /// <summary>Enters if that needs no waiting.</summary>
    /// <returns>Whether it has.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public bool TryWait()
    {
        _loop.CheckThread();
        if (Count == 0)
        {
            return false;
        }

        Count--;
        return true;
    }

    /// <summary>Lets one more in: the task that has waited longest, or else the next one.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public void Release()
    {
        _loop.CheckThread();
        if (_waiting.TryDequeue(out var next))
        {
            next.Complete(); // the place is given over, so no one can overtake
        }
        else
        {
            Count++;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"semaphore '{_name}' ({Count} free)";
}
