namespace Sluice.Durable;

/// <summary>One row of a checkpoint. A store keeps a checksum beside each, and compares it whenever it reads the row.</summary>
/// <remarks>Thread safety: rows do not change.</remarks>
public abstract class CheckpointRow
{
    private protected CheckpointRow()
    {
    }

    /// <summary>The name of the node.</summary>
    public required string Node { get; init; }

    private protected abstract string What { get; }

    /// <summary>Computes the checksum that a store keeps beside the row.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="id">The checkpoint that the row was written for.</param>
    /// <returns>The checksum.</returns>
    public uint ComputeChecksum(string job, CheckpointId id)
    {
        var sum = new RowChecksum();
        sum.Add(job);
        sum.Add(id.Epoch);
        sum.Add(id.Number);
        sum.Add(Node);
        AddTo(ref sum);
        return sum.Value;
    }

    /// <summary>Compares the row with the checksum that was stored beside it.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="id">The checkpoint that the row was written for.</param>
    /// <param name="stored">The stored checksum.</param>
    /// <exception cref="StoreDamagedException">Thrown: they differ.</exception>
    public void Check(string job, CheckpointId id, uint stored)
    {
        if (ComputeChecksum(job, id) != stored)
        {
            throw new StoreDamagedException(job, id, What);
        }
    }

    private protected abstract void AddTo(ref RowChecksum sum);
}
