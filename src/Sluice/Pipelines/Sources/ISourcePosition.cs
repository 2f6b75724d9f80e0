using Sluice.Bytes;

namespace Sluice;

/// <summary>The place at which a source stands. Called within its strand.</summary>
internal interface ISourcePosition
{
    /// <summary>Writes where the source goes on.</summary>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="handed">The number of items of the array that it sends now which were handed over; 0 between two arrays.</param>
    void Write(ByteSink to, int handed);
}

/// <summary>The position of a source whose items have numbers.</summary>
internal sealed class IndexPosition(long first) : ISourcePosition
{
    /// <summary>The number of the item that it begins with.</summary>
    internal long First => first;

    public void Write(ByteSink to, int handed) => to.WriteVarint((ulong)(first + handed));

    internal static IndexPosition At(ReadOnlyMemory<byte>? stored, long count)
    {
        if (stored is not { } bytes)
        {
            return new(0);
        }

        var first = new ByteSource(bytes.ToArray()).ReadVarint();
        return first <= (ulong)count
            ? new((long)first)
            : throw new InvalidOperationException($"The source has {count} items, and the checkpoint stands behind item {first}. A job goes on with the same items; start it under another name, or delete it, to begin with others.");
    }
}
