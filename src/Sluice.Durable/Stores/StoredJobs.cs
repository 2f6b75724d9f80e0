namespace Sluice.Durable;

/// <summary>Changes of jobs by tools. Each claims the job first, so that no run owns it, and none that comes back writes into it.</summary>
internal static class StoredJobs
{
    private static readonly TimeSpan s_lease = TimeSpan.FromMinutes(1);

    /// <summary>Takes the job, changes it, and leaves it with the status that it had.</summary>
    internal static async Task<bool> ChangeAsync(CheckpointStore store, string job, Func<JobStorage, CancellationToken, Task<bool>> change, bool remains, CancellationToken cancellationToken)
    {
        if (await store.FindJobAsync(job, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return false;
        }

        var owner = JobOwner.Create();
        owner.BeginRunning();
        try
        {
            var storage = await store.ClaimAsync(job, new ClaimRequest(owner, s_lease, TakeOver: false), cancellationToken).ConfigureAwait(false);
            await using (storage.ConfigureAwait(false))
            {
                var changed = await change(storage, cancellationToken).ConfigureAwait(false);
                if (remains && storage.Claimed.Status != JobStatus.Finished)
                {
                    await storage.EndAsync(found.Status == JobStatus.Running ? JobStatus.Stopped : found.Status, default, cancellationToken).ConfigureAwait(false);
                }

                return changed;
            }
        }
        finally
        {
            owner.EndRunning();
        }
    }

    internal static async Task<CheckpointInfo> ImportAsync(CheckpointStore store, string job, Stream source, CancellationToken cancellationToken)
    {
        if (await store.FindJobAsync(job, cancellationToken).ConfigureAwait(false) is not null)
        {
            throw new ArgumentException($"{store.Description} has a job '{job}' already. Import the checkpoint under another name, or delete that job first.", nameof(job));
        }

        var session = await store.OpenAsync(job, cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            await using (session.ConfigureAwait(false))
            {
                var info = await CheckpointFile.ReadAsync(source, session, cancellationToken).ConfigureAwait(false);
                await session.StopAsync(cancellationToken).ConfigureAwait(false);
                return info;
            }
        }
        catch (Exception error) when (error is not JobTakenOverException)
        {
            await store.DeleteJobAsync(job, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}
