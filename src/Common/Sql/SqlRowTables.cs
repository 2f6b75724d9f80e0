using System.Data.Common;

namespace Sluice.Durable;

/// <summary>The tables of rows. Each database has the same.</summary>
internal static class SqlRowTables
{
    internal static SqlRowTable<NodeState> Nodes { get; } = new()
    {
        Name = "node_state",
        Identity = ["node", "part"],
        Values = ["state"],
        Write = static row => [row.Node, (long)row.Part, ArrayOrNull(row.State)],
        Read = static reader => new NodeState { Node = reader.GetString(0), Part = (int)reader.GetInt64(1), State = BytesOrNull(reader, 2) },
        IsSame = static (a, b) => a.Part == b.Part && a.Node == b.Node,
        HasContent = static row => row.State is not null,
    };

    internal static SqlRowTable<KeyState> Keys { get; } = new()
    {
        Name = "key_state",
        Identity = ["node", "key_group", "key"],
        Values = ["due_time", "key_order", "last_use", "state"],
        Write = static row => [row.Node, (long)row.Group, SqlRowTable.ArrayOf(row.Key), row.DueTime, row.Order, row.LastUse, ArrayOrNull(row.State)],
        Read = static reader => new KeyState
        {
            Node = reader.GetString(0),
            Group = (int)reader.GetInt64(1),
            Key = (byte[])reader.GetValue(2),
            DueTime = reader.IsDBNull(3) ? null : reader.GetInt64(3),
            Order = reader.GetInt64(4),
            LastUse = reader.GetInt64(5),
            State = BytesOrNull(reader, 6),
        },
        IsSame = static (a, b) => a.Group == b.Group && a.Key.Span.SequenceEqual(b.Key.Span) && a.Node == b.Node,
        HasContent = static row => row.State is not null,
    };

    internal static SqlRowTable<SourcePosition> Positions { get; } = new()
    {
        Name = "position",
        Identity = ["node", "partition"],
        Values = ["position"],
        Write = static row => [row.Node, row.Partition, ArrayOrNull(row.Position)],
        Read = static reader => new SourcePosition { Node = reader.GetString(0), Partition = reader.GetString(1), Position = BytesOrNull(reader, 2) },
        IsSame = static (a, b) => a.Node == b.Node && a.Partition == b.Partition,
        HasContent = static row => row.Position is not null,
    };

    internal static SqlRowTable<StagedOutput> Staged { get; } = new()
    {
        Name = "staged",
        Identity = ["node", "sequence"],
        Values = ["output"],
        Write = static row => [row.Node, row.Sequence, SqlRowTable.ArrayOf(row.Output)],
        Read = static reader => new StagedOutput { Node = reader.GetString(0), Sequence = reader.GetInt64(1), Output = (byte[])reader.GetValue(2) },
        IsSame = static (a, b) => a.Sequence == b.Sequence && a.Node == b.Node,
        HasContent = static _ => true,
    };

    /// <summary>Those of which the newest row counts. Staged output is of its own checkpoint alone.</summary>
    internal static IReadOnlyList<SqlRowTable> Incremental { get; } = [Nodes, Keys, Positions];

    internal static IReadOnlyList<SqlRowTable> All { get; } = [Nodes, Keys, Positions, Staged];

    private static byte[]? ArrayOrNull(ReadOnlyMemory<byte>? memory) => memory is { } present ? SqlRowTable.ArrayOf(present) : null;

    private static ReadOnlyMemory<byte>? BytesOrNull(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : (ReadOnlyMemory<byte>?)(byte[])reader.GetValue(column);
}
