using System.Globalization;
using Sluice.Bytes;

namespace Sluice;

/// <summary>The position of a source whose items have numbers.</summary>
internal sealed class IndexPosition(long first) : ISourcePosition
{
    /// <summary>The number of the first item of the array that is sent now, or next.</summary>
    internal long First { get; set; } = first;

    public void Write(ByteSink to, int handed) => to.WriteVarint((ulong)(First + handed));

    public string PlaceOf(int handed) => (First + handed).ToString(CultureInfo.InvariantCulture);

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
