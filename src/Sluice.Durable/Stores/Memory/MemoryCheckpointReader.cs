namespace Sluice.Durable;

/// <summary>Reads a checkpoint in memory: the rows as they were when it was opened.</summary>
internal sealed class MemoryCheckpointReader(CheckpointInfo checkpoint, MemoryRows rows) : CheckpointReader
{
    public override CheckpointInfo Checkpoint => checkpoint;

    public override IAsyncEnumerable<KeyState> ReadKeysAsync(string? node = null, int firstGroup = 0, int lastGroup = int.MaxValue, CancellationToken cancellationToken = default) =>
        rows.Keys.Values.Where(row => row.State is not null && (node is null || row.Node == node) && row.Group >= firstGroup && row.Group <= lastGroup).ToAsyncEnumerable();

    public override Task<KeyState?> ReadKeyAsync(string node, int group, ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default) =>
        Task.FromResult(rows.Keys.GetValueOrDefault(MemoryRows.KeyOf(node, group, key)) is { State: not null } row ? row : null);

    public override IAsyncEnumerable<SourcePosition> ReadPositionsAsync(CancellationToken cancellationToken = default) =>
        rows.Positions.Values.Where(static row => row.Position is not null).ToAsyncEnumerable();

    public override IAsyncEnumerable<StagedOutput> ReadStagedAsync(CancellationToken cancellationToken = default) =>
        rows.Staged.Values.OrderBy(static row => row.Node, StringComparer.Ordinal).ThenBy(static row => row.Sequence).ToAsyncEnumerable();

    protected override IAsyncEnumerable<NodeState> ReadStoredNodesAsync(CancellationToken cancellationToken) => rows.Nodes.Values.Where(static row => row.State is not null).ToAsyncEnumerable();

    protected override Task<NodeState?> ReadStoredNodeAsync(string node, int part, CancellationToken cancellationToken) =>
        Task.FromResult(rows.Nodes.GetValueOrDefault((node, part)) is { State: not null } row ? row : null);
}
