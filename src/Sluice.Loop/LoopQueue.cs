using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>Items from some tasks to others, first in first out, with room for a limited number.</summary>
/// <remarks>
/// <para>Who waits is served in order. A put and a get that need not wait do not let others run, and steady state allocates
/// nothing. An item is handed over once: a cancelled put has not put it, and a cancelled get has taken none.</para>
/// <para>Thread safety: none; it belongs to the loop that it was made on, elsewhere its members throw
/// <see cref="InvalidOperationException"/>. Feed it from another thread with <see cref="EventLoop.PostThreadSafe(Action)"/>.</para>
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
[SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "It is a queue.")]
public sealed class LoopQueue<T>
{
    private readonly EventLoop _loop = EventLoop.Current;
    private readonly string _name;
    private readonly Queue<T> _items = new();
    private readonly WaiterQueue<T> _getters;
    private readonly WaiterQueue<T> _putters;
    private readonly WaiterQueue<NoValue> _joiners;
    private long _unfinished;

    /// <summary>Makes a queue.</summary>
    /// <param name="capacity">How many items it holds at the most; 1 or more. Default: as many as come.</param>
    /// <param name="name">What it is called in dumps. Default: nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public LoopQueue(int capacity = int.MaxValue, string name = "")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentNullException.ThrowIfNull(name);
        (Capacity, _name) = (capacity, name);
        _getters = new(_loop, "an item of ", this);
        _putters = new(_loop, "room in ", this);
        _joiners = new(_loop, "the work of ", this);
    }

    /// <summary>The number of items that it holds at the most.</summary>
    public int Capacity { get; }

    /// <summary>The number of items that it holds now.</summary>
    public int Count => _items.Count;

    /// <summary>Gets whether it was closed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Puts an item in, and waits for room if need be.</summary>
    /// <param name="item">The item.</param>
    /// <returns>What to await, once.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="LoopQueueClosedException">Thrown and awaited: it is closed, or was closed while this waited. The item is
    /// not in it.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. The item is not in it.</exception>
    public ValueTask PutAsync(T item)
    {
        _loop.CheckThread();
        return _loop.CurrentScope.IsCancelled || !TryPut(item) ? _putters.Wait(item).AsValueTask() : default;
    }

    /// <summary>Puts an item in if there is room.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="LoopQueueClosedException">Thrown: it is closed.</exception>
    public bool TryPut(T item)
    {
        _loop.CheckThread();
        if (IsClosed)
        {
            throw new LoopQueueClosedException(ToString());
        }

        if (_getters.TryDequeue(out var getter))
        {
            getter.Value = item; // there is one only if there are no items
            getter.Complete();
        }
        else if (_items.Count < Capacity)
        {
            _items.Enqueue(item);
        }
        else
        {
            return false;
        }

        _unfinished++;
        return true;
    }

    /// <summary>Takes the first item out, and waits for one if need be.</summary>
    /// <returns>What to await, once; the result is the item.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="LoopQueueClosedException">Thrown and awaited: it is closed and empty.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. No item was taken.</exception>
    public ValueTask<T> GetAsync()
    {
        _loop.CheckThread();
        if (!_loop.CurrentScope.IsCancelled)
        {
            if (TryGet(out var item))
            {
                return new(item);
            }

            if (IsClosed)
            {
                throw new LoopQueueClosedException(ToString());
            }
        }

        return _getters.Wait().AsValueTaskOfT();
    }

    /// <summary>Takes the first item out if there is one.</summary>
    /// <param name="item">The item.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public bool TryGet([MaybeNullWhen(false)] out T item)
    {
        _loop.CheckThread();
        if (!_items.TryDequeue(out item))
        {
            return false;
        }

        if (_putters.TryDequeue(out var putter))
        {
            _items.Enqueue(putter.Value);
            _unfinished++;
            putter.Complete();
        }

        return true;
    }

    /// <summary>All items, for <c>await foreach</c>, until the queue is closed and empty.</summary>
    /// <returns>The items. Several may read at once: each item goes to one of them.</returns>
    /// <exception cref="InvalidOperationException">Awaited: the caller is not on the loop's thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled. No item was taken.</exception>
    public async IAsyncEnumerable<T> GetAllAsync()
    {
        while (!IsClosed || _items.Count > 0)
        {
            T item;
            try
            {
                item = await GetAsync();
            }
            catch (LoopQueueClosedException)
            {
                yield break; // while it waited
            }

            yield return item;
        }
    }

    /// <summary>Says that the work on an item that was taken out is done. For <see cref="JoinAsync"/>.</summary>
    /// <exception cref="InvalidOperationException">Thrown: it was said more often than there were items, or the caller is not on the
    /// loop's thread.</exception>
    public void TaskDone()
    {
        _loop.CheckThread();
        if (_unfinished == _items.Count)
        {
            throw new InvalidOperationException($"More is done than was taken from the {this}.");
        }

        if (--_unfinished == 0)
        {
            _joiners.CompleteAll();
        }
    }

    /// <summary>Waits until the work on every item that was put in is done (<see cref="TaskDone"/>).</summary>
    /// <returns>What to await, once.</returns>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled.</exception>
    public ValueTask JoinAsync()
    {
        _loop.CheckThread();
        return _unfinished == 0 && !_loop.CurrentScope.IsCancelled ? default : _joiners.Wait().AsValueTask();
    }

    /// <summary>Nothing more comes in. What is in it can still be taken; who waits for an item, or for room, gets
    /// <see cref="LoopQueueClosedException"/>. Twice does nothing.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public void Close()
    {
        _loop.CheckThread();
        IsClosed = true;
        while (_getters.TryDequeue(out var waiter) || _putters.TryDequeue(out waiter))
        {
            waiter.Fail(new LoopQueueClosedException(ToString()));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"queue '{_name}' ({_items.Count} items)";
}
