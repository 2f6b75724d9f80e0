namespace Sluice.Durable;

/// <summary>One committed checkpoint that the store keeps.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Time">The time of its commit, by the clock of the run that made it.</param>
/// <param name="Name">Its name, or null. A named checkpoint is kept until its name is taken away.</param>
public sealed record CheckpointInfo(CheckpointId Id, DateTimeOffset Time, string? Name)
{
    /// <summary>Computes the checksum that a store keeps beside the row.</summary>
    /// <param name="job">The job's name.</param>
    /// <returns>The checksum.</returns>
    public uint ComputeChecksum(string job)
    {
        var sum = new RowChecksum();
        sum.Add(job);
        sum.Add(Id.Epoch);
        sum.Add(Id.Number);
        sum.Add(Time.UtcTicks);
        sum.Add(Name);
        return sum.Value;
    }

    /// <summary>Compares the row with the checksum that was stored beside it.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="stored">The stored checksum.</param>
    /// <exception cref="StoreDamagedException">Thrown: they differ.</exception>
    public void Check(string job, uint stored)
    {
        if (ComputeChecksum(job) != stored)
        {
            throw new StoreDamagedException(job, Id, "the entry of the checkpoint in the list of committed ones");
        }
    }
}
