using System.Diagnostics;

namespace Sluice;

/// <summary>Something that happens once: tasks wait for it, and everyone who comes later does not wait.</summary>
/// <remarks>Thread safety: none; it belongs to the loop that it was made on, elsewhere its members throw
/// <see cref="InvalidOperationException"/>.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class LoopEvent
{
    private readonly EventLoop _loop = EventLoop.Current;
    private readonly string _name;
    private readonly WaiterQueue<NoValue> _waiting;

    /// <summary>Makes an event that has not happened.</summary>
    /// <param name="name">What it is called in dumps. Default: nothing.</param>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public LoopEvent(string name = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        _name = name;
        _waiting = new(_loop, "", this);
    }

    /// <summary>Gets whether it has happened.</summary>
    public bool IsSet { get; private set; }

    /// <summary>It has happened: everyone who waits goes on. Twice does nothing.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public void Set()
    {
        _loop.CheckThread();
        IsSet = true;
        _waiting.CompleteAll();
    }

    /// <summary>From now on it is waited for again. Who was told already goes on.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public void Reset()
    {
        _loop.CheckThread();
        IsSet = false;
    }

    /// <summary>Waits until it has happened. Does not let others run if it has. Steady state allocates nothing.</summary>
    /// <returns>What to await, once.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled.</exception>
    public ValueTask WaitAsync()
    {
        _loop.CheckThread();
        return IsSet && !_loop.CurrentScope.IsCancelled ? default : _waiting.Wait().AsValueTask();
    }

    /// <inheritdoc/>
    public override string ToString() => $"event '{_name}'";
}
