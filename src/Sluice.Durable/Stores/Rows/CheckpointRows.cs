namespace Sluice.Durable;

/// <summary>Rows to write for one checkpoint. Only what changed since the checkpoint before has to be written, except for <see cref="Staged"/>.</summary>
/// <remarks>A store may read the lists more than once, when it tries again after a lost connection. Each node's part, key, partition and sequence is written at most once
/// for a checkpoint. Thread safety: the lists must not change while they are written.</remarks>
public sealed class CheckpointRows
{
    /// <summary>The description of the graph, or null, the default, if it is the one of the checkpoint before.</summary>
    public ReadOnlyMemory<byte>? Graph { get; init; }

    /// <summary>States of nodes. Default none.</summary>
    public IReadOnlyList<NodeState> Nodes { get; init; } = [];

    /// <summary>States of keys. Default none.</summary>
    public IEnumerable<KeyState> Keys { get; init; } = [];

    /// <summary>Positions of sources. Default none.</summary>
    public IReadOnlyList<SourcePosition> Positions { get; init; } = [];

    /// <summary>Output that sinks publish after the commit. Default none.</summary>
    public IReadOnlyList<StagedOutput> Staged { get; init; } = [];

    /// <summary>Lists the rows of nodes as they are stored: the graph is the one of the node whose name is empty.</summary>
    /// <returns>The rows.</returns>
    public IEnumerable<NodeState> StoredNodes() => Graph is { } graph ? Nodes.Prepend(new NodeState { Node = "", State = graph }) : Nodes;
}
