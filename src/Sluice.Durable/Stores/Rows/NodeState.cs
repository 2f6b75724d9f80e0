namespace Sluice.Durable;

/// <summary>The state of one part of a node. The newest row of a part, up to a checkpoint, is the part's state there.</summary>
public sealed class NodeState : CheckpointRow
{
    /// <summary>The part of the node; 0, the default, if it has only one.</summary>
    public int Part { get; init; }

    /// <summary>The state, or null if the part has none from this checkpoint on.</summary>
    public required ReadOnlyMemory<byte>? State { get; init; }

    private protected override string What => Node.Length == 0 ? "the description of the graph" : $"the state of node '{Node}'";

    private protected override void AddTo(ref RowChecksum sum)
    {
        sum.Add((long)Part);
        sum.Add(State);
    }
}
