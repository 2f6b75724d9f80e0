using System.Data.Common;
using System.Runtime.InteropServices;

namespace Sluice.Durable;

/// <summary>A table of rows of checkpoints: its columns besides job, n, epoch and checksum. The last column has the content; null there means that nothing is left from this checkpoint on.</summary>
internal abstract class SqlRowTable
{
    internal required string Name { get; init; }

    /// <summary>The columns that say what a row is about. Of several rows with the same, the newest one counts.</summary>
    internal required string[] Identity { get; init; }

    internal required string[] Values { get; init; }

    internal string Content => Values[^1];

    internal IEnumerable<string> AllColumns => ["job", "n", "epoch", .. Identity, .. Values, "checksum"];

    /// <summary>The whole array if the memory is one, as databases want it.</summary>
    internal static byte[] ArrayOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : memory.ToArray();
}

/// <summary>The same with its rows.</summary>
/// <typeparam name="TRow">The type of a row.</typeparam>
internal sealed class SqlRowTable<TRow> : SqlRowTable
    where TRow : CheckpointRow
{
    /// <summary>The values of a row in the order of <see cref="SqlRowTable.Identity"/> and <see cref="SqlRowTable.Values"/>.</summary>
    internal required Func<TRow, object?[]> Write { get; init; }

    /// <summary>Reads the same columns.</summary>
    internal required Func<DbDataReader, TRow> Read { get; init; }

    internal required Func<TRow, TRow, bool> IsSame { get; init; }

    internal required Func<TRow, bool> HasContent { get; init; }

    /// <summary>All values of a row, in the order of <see cref="SqlRowTable.AllColumns"/>.</summary>
    internal object?[] AllValues(long job, string jobName, CheckpointId id, TRow row) => [job, id.Number, id.Epoch, .. Write(row), (long)row.ComputeChecksum(jobName, id)];
}
