using System.Globalization;
using Sluice.Durable;

namespace Sluice.Contracts;

/// <summary>A program that runs a job with sinks of several kinds: what a suite of stores starts as another process, to kill it. It writes a line for each checkpoint, and one when it has ended.</summary>
public static class KilledSinksProgram
{
    /// <summary>The number of rows that each sink gets.</summary>
    public const int Rows = 2000;

    private const int Slow = 40;

    /// <summary>Runs the job to its end.</summary>
    /// <param name="store">The store.</param>
    /// <param name="job">The job's name.</param>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="tables">Sinks that write to tables.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CheckpointStore store, string job, string folder, params Sink<OutputRow>[] tables)
    {
        ArgumentNullException.ThrowIfNull(store);
        var options = new JobOptions
        {
            Interval = TimeSpan.FromMilliseconds(1),
            OnCheckpoint = static report =>
            {
                if (report.Failure is null)
                {
                    Console.WriteLine(report.Number.ToString(CultureInfo.InvariantCulture));
                }
            },
        };
        await Make(folder, isSlow: true, tables).AsJob(job, store, options).RunAsync();
        Console.WriteLine(KilledJobProgram.Finished);
        return 0;
    }

    /// <summary>Makes the pipeline.</summary>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="isSlow">Whether it waits now and then, so that there is time for checkpoints.</param>
    /// <param name="tables">Sinks that write to tables.</param>
    /// <returns>The pipeline.</returns>
    public static Pipeline Make(string folder, bool isSlow, params Sink<OutputRow>[] tables) => Source.From(Enumerable.Range(0, Rows).ToArray())
        .SelectAsync(async (item, cancellation) =>
        {
            await (isSlow && item % Slow == 0 ? Task.Delay(1, cancellation) : Task.CompletedTask);
            return item;
        }, 3)
        .On(Env.Thread(32))
        .Select(static item => new OutputRow(item, item % 7, $"row {item}", item % 5 == 0 ? null : item / 2.0))
        .To(Sink.Broadcast<OutputRow>(
            [
                Stage.Select(static (OutputRow row) => row.Text) | Sink.WriteLines(Path.Combine(folder, "lines.txt")),
                Stage.Select(static (OutputRow row) => row.Text) | Sink.WriteLines(Path.Combine(folder, "renamed.txt"), new OutputFileOptions { Commit = OutputCommit.Rename, MaxPartSize = 3000 }),
                Sink.WriteJsonLines<OutputRow>(Path.Combine(folder, "rows.json")),
                .. tables,
            ]));

    /// <summary>Starts the program as another process, and kills it behind some of its checkpoints, until it ends by itself.</summary>
    /// <param name="assembly">The path of the assembly that is the program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="kills">How often it is killed at the most.</param>
    /// <param name="random">Chooses the checkpoints.</param>
    /// <returns>How often it was killed before it has finished the job; at least once.</returns>
    public static async Task<int> KillUntilFinishedAsync(string assembly, string[] arguments, int kills, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        for (var killed = 0; ; killed++)
        {
            await using var process = OwnerProcess.Start(assembly, arguments);
            if (killed < kills && await process.TryCommitsAsync(1 + random.Next(6), KilledJobProgram.Finished))
            {
                await process.KillAsync();
                continue;
            }

            var (exitCode, line) = await process.EndAsync();
            Assert.True(exitCode == 0 && line is "" or KilledJobProgram.Finished, line);
            Assert.NotEqual(0, killed);
            return killed;
        }
    }

    /// <summary>Reads the files of one output, in the order of their names.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="stem">The beginning of their names.</param>
    /// <returns>All of it.</returns>
    public static string TextOf(string folder, string stem) => string.Concat(Directory.GetFiles(folder, stem + "*").Where(static file => Path.GetExtension(file) != ".sluice").Order(StringComparer.Ordinal).Select(File.ReadAllText));
}

/// <summary>A row of a table.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Remainder">Its key in a table of few rows.</param>
/// <param name="Text">A text.</param>
/// <param name="Half">A number, or nothing.</param>
public sealed record OutputRow(long Id, int Remainder, string Text, double? Half);
