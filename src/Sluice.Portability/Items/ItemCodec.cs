using System.Buffers;

namespace Sluice;

/// <summary>Describes how items of one type are written to bytes where they leave this process: the base of <see cref="ItemCodec{T}"/>.</summary>
/// <remarks>Thread safety: as that of what derives from it.</remarks>
public abstract class ItemCodec
{
    private protected ItemCodec()
    {
    }

    /// <summary>The type of the items.</summary>
    public abstract Type ItemType { get; }
}

/// <summary>A way of your own to write items to bytes and to read them back, for a type that cannot be stored field by field, or
/// whose bytes should be others.</summary>
/// <remarks>
/// <para>The codec itself goes to the other process too, as a value: its fields must be portable.</para>
/// <para>Thread safety: one codec may serve several edges at a time, so it should keep no state between calls.</para>
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
public abstract class ItemCodec<T> : ItemCodec
{
    /// <inheritdoc/>
    public sealed override Type ItemType => typeof(T);

    /// <summary>Writes an item.</summary>
    /// <remarks>An exception is thrown from the send as it is, and nothing of the item is sent. The edge ends with it, behind the items before.</remarks>
    /// <param name="item">The item; never null.</param>
    /// <param name="to">Where its bytes go; valid during the call. How many there are is sent along, so no length or end is
    /// needed in them.</param>
    public abstract void Write(T item, IBufferWriter<byte> to);

    /// <summary>Reads an item.</summary>
    /// <remarks>An exception becomes the inner one of a <see cref="SnapshotException"/> that names the codec. The bytes may
    /// come from elsewhere: check them before you allocate by them.</remarks>
    /// <param name="from">The bytes that <see cref="Write"/> wrote, no more and no less; valid during the call.</param>
    /// <returns>The item.</returns>
    public abstract T Read(ReadOnlySpan<byte> from);
}
