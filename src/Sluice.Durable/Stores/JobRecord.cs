namespace Sluice.Durable;

/// <summary>The row of a job in its store.</summary>
public sealed record JobRecord
{
    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>The status.</summary>
    public required JobStatus Status { get; init; }

    /// <summary>The number of its newest run; 1 or more.</summary>
    public required long Epoch { get; init; }

    /// <summary>The newest committed checkpoint, or null before the first one.</summary>
    public CheckpointId? Checkpoint { get; init; }

    /// <summary>A number that grows whenever a run had to look whether a commit was done. It keeps a late commit of the same run out.</summary>
    public long Fence { get; init; }

    /// <summary>The owner: the newest run.</summary>
    public required JobOwner Owner { get; init; }

    /// <summary>The start of the newest run, by the store's clock.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The end of the owner's lease, by the store's clock. The checksum does not cover it.</summary>
    public DateTimeOffset LeaseEnd { get; init; }

    /// <summary>The result of a finished job; empty for others.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Computes the checksum that a store keeps beside the row.</summary>
    /// <returns>The checksum.</returns>
    public uint ComputeChecksum()
    {
        var sum = new RowChecksum();
        sum.Add(Name);
        sum.Add((long)Status);
        sum.Add(Epoch);
        sum.Add(Checkpoint?.Epoch);
        sum.Add(Checkpoint?.Number);
        sum.Add(Fence);
        sum.Add(Owner.ToString());
        sum.Add(Since.UtcTicks);
        sum.Add(Result.Span);
        return sum.Value;
    }

    /// <summary>Compares the row with the checksum that was stored beside it.</summary>
    /// <param name="stored">The stored checksum.</param>
    /// <returns>This row.</returns>
    /// <exception cref="StoreDamagedException">Thrown: they differ.</exception>
    public JobRecord Check(uint stored) => ComputeChecksum() == stored ? this : throw new StoreDamagedException(Name, Checkpoint, "the row of the job itself");
}
