using System.CommandLine;
using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary><c>sluice jobs checkpoints</c>: the checkpoints of a job that are kept.</summary>
internal static class CheckpointsCommand
{
    internal static Command Create(JobsContext context)
    {
        var job = JobsContext.JobArgument();
        var command = new Command("checkpoints", "Lists the checkpoints of a job. It reads them, and so checks them.") { job };
        context.SetAction(command, async (found, store, token) =>
        {
            var name = found.GetRequiredValue(job);
            await JobsContext.FindAsync(store, name, token);
            var rows = new List<Row>();
            foreach (var info in await store.ListCheckpointsAsync(name, token))
            {
                await using var reader = await store.OpenReaderAsync(name, info.Id, token);
                var sizes = await reader.MeasureAsync(token);
                rows.Add(new(info.Id.Number, info.Name, info.Time, info.Id.Epoch, sizes.Sum(static size => size.StateBytes + size.PositionBytes + size.StagedBytes)));
            }

            context.Print(found, rows, to => Write(context, to, name, rows));
        });
        return command;
    }

    private static void Write(JobsContext context, TextWriter to, string job, List<Row> rows)
    {
        if (rows.Count == 0)
        {
            to.WriteLine($"Job '{LogText.Escape(job)}' has no checkpoint yet.");
            return;
        }

        var table = new TextTable("NUMBER#", "NAME", "TIME (UTC)", "RUN#", "BYTES#");
        foreach (var row in rows)
        {
            table.Add(Text(row.Number), row.Name ?? "", row.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Text(row.Run), Text(row.Bytes));
        }

        table.Write(to, context.Console.IsOutputTerminal);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Row(long Number, string? Name, DateTimeOffset Time, long Run, long Bytes);
}
