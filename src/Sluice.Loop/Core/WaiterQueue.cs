namespace Sluice;

/// <summary>Those who wait for the same thing, first come first served. Everything by which tasks communicate is built on it.</summary>
/// <remarks>Thread safety: belongs to the loop's thread.</remarks>
/// <param name="loop">The loop.</param>
/// <param name="what">Completes "waits for", before the description of the owner.</param>
/// <param name="owner">What it belongs to; its <see cref="object.ToString"/> says how it stands.</param>
internal sealed class WaiterQueue<T>(EventLoop loop, string what, object owner) : IWaitedFor
{
    private readonly WaiterPool<Waiter<T>> _pool = new(static pool => new(pool));
    private Waiter<T>? _first;
    private Waiter<T>? _last;

    public string Description => $"{what}{owner}";

    internal bool IsEmpty => _first is null;

    /// <summary>Takes a place at the end. If the current scope is cancelled, the wait ends with that after a turn.</summary>
    internal Waiter<T> Wait(T value = default!, bool canBeCancelled = true)
    {
        var waiter = _pool.Rent();
        var scope = loop.CurrentScope;
        if (scope.IsCancelled && canBeCancelled)
        {
            waiter.BeginTurn(loop, scope.NewCancellation());
            return waiter;
        }

        (waiter.Value, waiter.Queue) = (value, this);
        waiter.Begin(loop, scope, canBeCancelled);
        waiter.Previous = _last;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        return waiter;
    }

    /// <summary>Takes the first out of the queue; the caller completes it.</summary>
    internal bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Waiter<T>? waiter)
    {
        waiter = _first;
        if (waiter is null)
        {
            return false;
        }

        Remove(waiter);
        return true;
    }

    /// <summary>Completes all who wait now.</summary>
    internal void CompleteAll()
    {
        while (TryDequeue(out var waiter))
        {
            waiter.Complete();
        }
    }

    public void Abandon(Waiter waiter) => Remove((Waiter<T>)waiter);

    private void Remove(Waiter<T> waiter)
    {
        if (waiter.Previous is null)
        {
            _first = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        (waiter.Previous, waiter.Next) = (null, null);
    }
}
