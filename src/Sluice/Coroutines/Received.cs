using System.Diagnostics;

namespace Sluice;

/// <summary>The outcome of a receive with a bound: an item, the end of the wait, or the end of the items.</summary>
/// <remarks>Thread safety: immutable.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("{IsItem ? (object)_item : IsClosed ? \"closed\" : \"no item in time\"}")]
public readonly struct Received<T>
{
    private readonly T _item;
    private readonly bool _isItem;

    internal Received(T item)
    {
        _item = item;
        _isItem = true;
    }

    internal Received(bool isClosed)
    {
        _item = default!;
        IsClosed = isClosed;
    }

    /// <summary>Gets whether there is an <see cref="Item"/>.</summary>
    public bool IsItem => _isItem;

    /// <summary>Gets whether the inbox is closed: no more items will come.</summary>
    public bool IsClosed { get; }

    /// <summary>The item.</summary>
    /// <exception cref="InvalidOperationException">Thrown: there is none.</exception>
    public T Item => _isItem ? _item : throw new InvalidOperationException(IsClosed ? "The inbox is closed: there is no item. Look at IsItem first." : "No item came in time. Look at IsItem first.");
}
