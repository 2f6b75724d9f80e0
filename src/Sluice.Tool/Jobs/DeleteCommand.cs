using System.CommandLine;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs delete</c>: removes a job with all its checkpoints.</summary>
internal static class DeleteCommand
{
    internal static Command Create(JobsContext context)
    {
        var (job, yes, force) = (JobsContext.JobArgument(), JobsContext.YesOption(), ForceOption());
        var command = new Command("delete", "Deletes a job with all its checkpoints. What its sinks have written stays.") { job, yes, force };
        context.SetAction(command, async (found, store, token) =>
        {
            var name = found.GetRequiredValue(job);
            await JobsContext.FindAsync(store, name, token);
            if (!found.GetValue(yes))
            {
                var checkpoints = await store.ListCheckpointsAsync(name, token);
                await context.Console.ConfirmAsync($"Job '{name}' in {store.Description} and its {checkpoints.Count} checkpoints will be deleted.", token);
            }

            await DeleteAsync(store, name, found.GetValue(force), token);
            context.Print(found, new { Deleted = name }, to => to.WriteLine($"Job '{LogText.Escape(name)}' is deleted."));
        });
        return command;
    }

    internal static Option<bool> ForceOption() => new("--force") { Description = "Take the job from a run that owns it: that run ends by itself at its next checkpoint." };

    /// <exception cref="JobRunningException">A run owns the job, and it is not taken by force.</exception>
    internal static async Task DeleteAsync(CheckpointStore store, string job, bool force, CancellationToken cancellationToken)
    {
        if (force && (await JobsContext.FindAsync(store, job, cancellationToken)).Status == JobStatus.Running)
        {
            await using var session = await store.OpenAsync(job, new JobOpenOptions { TakeOver = true }, cancellationToken);
            await session.StopAsync(cancellationToken);
        }

        await store.DeleteJobAsync(job, cancellationToken);
    }
}
