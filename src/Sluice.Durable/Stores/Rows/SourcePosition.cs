namespace Sluice.Durable;

/// <summary>The position of one partition of a source. The newest row of a partition, up to a checkpoint, is its position there.</summary>
public sealed class SourcePosition : CheckpointRow
{
    /// <summary>The name of the partition; empty, the default, if the source has only one.</summary>
    public string Partition { get; init; } = "";

    /// <summary>The position, or null if the partition is gone from this checkpoint on.</summary>
    public required ReadOnlyMemory<byte>? Position { get; init; }

    private protected override string What => $"the position of source '{Node}'" + (Partition.Length == 0 ? "" : $", partition '{Partition}'");

    private protected override void AddTo(ref RowChecksum sum)
    {
        sum.Add(Partition);
        sum.Add(Position);
    }
}
