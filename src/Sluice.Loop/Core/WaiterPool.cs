namespace Sluice;

/// <summary>Waiters that wait for nothing now, to be used again. Thread safety: belongs to the loop's thread.</summary>
internal sealed class WaiterPool<T>(Func<WaiterPool<T>, T> create)
    where T : Waiter
{
    /// <summary>More than this are left to the garbage collector, so that a moment with a million waits is not kept.</summary>
    private const int MaxKept = 256;

    private Waiter? _first;
    private int _kept;

    internal T Rent()
    {
        if (_first is not { } waiter)
        {
            return create(this);
        }

        _first = waiter.NextInScope;
        waiter.NextInScope = null;
        _kept--;
        return (T)waiter;
    }

    internal void Return(T waiter)
    {
        if (_kept < MaxKept)
        {
            waiter.NextInScope = _first;
            _first = waiter;
            _kept++;
        }
    }
}
