using System.Globalization;
using Sluice.Durable;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <summary>A program that owns a job: what a suite of stores starts as another process, to kill or to freeze it. It commits without end and writes a line for each checkpoint.</summary>
public static class StoreOwnerProgram
{
    /// <summary>The exit code after the job was taken over.</summary>
    public const int TakenOver = 3;

    /// <summary>Opens the job and commits, until the job is taken over or the process ends.</summary>
    /// <param name="store">The store.</param>
    /// <param name="job">The job's name.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CheckpointStore store, string job)
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var session = await store.OpenAsync(job, new JobOpenOptions { Lease = TimeSpan.FromHours(1) });
        try
        {
            for (var number = (session.Committed?.Number ?? -1) + 1; ; number++)
            {
                await session.WriteAsync(number, new CheckpointRows { Nodes = [Node("count", $"{number} of run {session.Epoch}")] });
                await session.CommitAsync(new CheckpointCommit { Number = number });
                await session.PruneAsync();
                Console.WriteLine(number.ToString(CultureInfo.InvariantCulture));
            }
        }
        catch (JobTakenOverException error)
        {
            Console.WriteLine(error.Message);
            return TakenOver;
        }
    }
}
