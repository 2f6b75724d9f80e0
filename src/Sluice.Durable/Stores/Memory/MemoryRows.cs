namespace Sluice.Durable;

/// <summary>The rows of one mark, or of several that were folded into one. Rows are copies: the writer may use its buffers again.</summary>
internal sealed class MemoryRows
{
    internal Dictionary<(string Node, int Part), NodeState> Nodes { get; } = [];

    internal Dictionary<(string Node, int Group, string Key), KeyState> Keys { get; } = [];

    internal Dictionary<(string Node, string Partition), SourcePosition> Positions { get; } = [];

    internal Dictionary<(string Node, long Sequence), StagedOutput> Staged { get; } = [];

    internal HashSet<Guid> Batches { get; } = [];

    internal bool IsEmpty => Nodes.Count + Keys.Count + Positions.Count + Staged.Count == 0;

    internal static (string Node, int Group, string Key) KeyOf(string node, int group, ReadOnlyMemory<byte> key) => (node, group, Convert.ToHexString(key.Span));

    internal void Add(CheckpointRows rows)
    {
        foreach (var row in rows.StoredNodes())
        {
            Nodes.Add((row.Node, row.Part), new NodeState { Node = row.Node, Part = row.Part, State = Copy(row.State) });
        }

        foreach (var row in rows.Keys)
        {
            Keys.Add(KeyOf(row.Node, row.Group, row.Key), new KeyState
            {
                Node = row.Node,
                Group = row.Group,
                Key = row.Key.ToArray(),
                DueTime = row.DueTime,
                Order = row.Order,
                LastUse = row.LastUse,
                State = Copy(row.State),
            });
        }

        foreach (var row in rows.Positions)
        {
            Positions.Add((row.Node, row.Partition), new SourcePosition { Node = row.Node, Partition = row.Partition, Position = Copy(row.Position) });
        }

        foreach (var row in rows.Staged)
        {
            Staged.Add((row.Node, row.Sequence), new StagedOutput { Node = row.Node, Sequence = row.Sequence, Output = row.Output.ToArray() });
        }
    }

    /// <summary>Takes over what an older mark has and this one does not replace. Staged output is of its own checkpoint alone.</summary>
    internal void AddOlder(MemoryRows older)
    {
        AddMissing(Nodes, older.Nodes);
        AddMissing(Keys, older.Keys);
        AddMissing(Positions, older.Positions);
    }

    internal bool Forget(string node)
    {
        var before = Nodes.Count + Keys.Count + Positions.Count + Staged.Count;
        Remove(Nodes, key => key.Node == node);
        Remove(Keys, key => key.Node == node);
        Remove(Positions, key => key.Node == node);
        Remove(Staged, key => key.Node == node);
        return Nodes.Count + Keys.Count + Positions.Count + Staged.Count < before;
    }

    private static ReadOnlyMemory<byte>? Copy(ReadOnlyMemory<byte>? bytes) => bytes is { } present ? (ReadOnlyMemory<byte>?)present.ToArray() : null; // without the cast, null is an array, and becomes empty bytes

    private static void AddMissing<TKey, TRow>(Dictionary<TKey, TRow> to, Dictionary<TKey, TRow> from)
        where TKey : notnull
    {
        foreach (var (key, row) in from)
        {
            to.TryAdd(key, row);
        }
    }

    private static void Remove<TKey, TRow>(Dictionary<TKey, TRow> from, Func<TKey, bool> condition)
        where TKey : notnull
    {
        foreach (var key in from.Keys.Where(condition).ToList())
        {
            from.Remove(key);
        }
    }
}
