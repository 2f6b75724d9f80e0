using System.CommandLine;
using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs list</c>: the jobs of a store.</summary>
internal static class ListCommand
{
    internal static Command Create(JobsContext context)
    {
        var command = new Command("list", "Lists the jobs, with their state, their newest checkpoint and the named ones.");
        context.SetAction(command, async (found, store, token) =>
        {
            var now = DateTimeOffset.UtcNow;
            var rows = new List<Row>();
            foreach (var job in await store.ListJobsAsync(token))
            {
                rows.Add(Row.Of(job, await store.ListCheckpointsAsync(job.Name, token), now));
            }

            context.Print(found, rows, to => Write(context, to, store, rows));
        });
        return command;
    }

    private static void Write(JobsContext context, TextWriter to, CheckpointStore store, List<Row> rows)
    {
        if (rows.Count == 0)
        {
            to.WriteLine($"{store.Description} has no jobs.");
            return;
        }

        var table = new TextTable("JOB", "STATE", "NEWEST#", "AGE#", "NAMED");
        foreach (var row in rows)
        {
            table.Add(row.Name, row.State, row.Checkpoint?.ToString(CultureInfo.InvariantCulture) ?? "none", row.AgeSeconds is { } age ? StoredJobText.Age(TimeSpan.FromSeconds(age)) : "", string.Join(", ", row.Named));
        }

        table.Write(to, context.Console.IsOutputTerminal);
    }

    private sealed record Row(string Name, JobStatus Status, string State, bool IsOwned, long Run, string Host, int ProcessId, DateTimeOffset Since, DateTimeOffset LeaseEnd, long? Checkpoint, DateTimeOffset? Time, double? AgeSeconds, IReadOnlyList<string> Named)
    {
        internal static Row Of(JobRecord job, IReadOnlyList<CheckpointInfo> checkpoints, DateTimeOffset now)
        {
            var newest = checkpoints is [var first, ..] ? first : null;
            return new(job.Name, job.Status, StoredJobText.State(job, now), StoredJobText.IsOwned(job, now), job.Epoch, job.Owner.Host, job.Owner.ProcessId, job.Since, job.LeaseEnd,
                newest?.Id.Number, newest?.Time, newest is null ? null : Math.Round((now - newest.Time).TotalSeconds), [.. checkpoints.Select(static info => info.Name).OfType<string>()]);
        }
    }
}
