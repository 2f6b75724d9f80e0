using System.CommandLine;
using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary>What all commands have: the console, the store, and the search for a job and for a checkpoint.</summary>
internal sealed class JobsContext(ToolConsole console, StoreOptions store, Option<bool> json)
{
    internal ToolConsole Console => console;

    internal StoreOptions Store => store;

    internal static Argument<string> JobArgument() => new("JOB") { Description = "The job's name." };

    internal static Option<string> CheckpointOption() => new("--checkpoint") { HelpName = "N", Description = "The number or the name of the checkpoint. Default: the newest." };

    internal static Option<bool> YesOption() => new("--yes") { Description = "Do it without a question." };

    /// <summary>Has a command open the store and do something with it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">What it does.</param>
    /// <param name="mayBeNew">Whether the store may be a file that does not exist yet.</param>
    internal void SetAction(Command command, Func<ParseResult, CheckpointStore, CancellationToken, Task> action, bool mayBeNew = false) => command.SetAction(async (found, token) =>
    {
        await using var opened = store.Open(found, mayBeNew);
        await action(found, opened, token);
    });

    /// <summary>Prints a value as JSON if that is asked for, else a table or a text.</summary>
    internal void Print(ParseResult found, object value, Action<TextWriter> asText)
    {
        if (found.GetValue(json))
        {
            JsonOutput.Write(console.Output, value);
        }
        else
        {
            asText(console.Output);
        }
    }

    /// <exception cref="ToolException">There is none.</exception>
    internal static async Task<JobRecord> FindAsync(CheckpointStore store, string job, CancellationToken cancellationToken)
    {
        if (await store.FindJobAsync(job, cancellationToken) is { } found)
        {
            return found;
        }

        var all = await store.ListJobsAsync(cancellationToken);
        throw new ToolException($"{store.Description} has no job '{job}'. {(all.Count == 0 ? "It has no jobs." : $"It has: {string.Join(", ", all.Select(static one => one.Name))}.")}");
    }

    /// <summary>Finds a checkpoint by its name or number. A number that two runs have used means the newer one.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    internal static async Task<CheckpointInfo> FindCheckpointAsync(CheckpointStore store, string job, string? wanted, CancellationToken cancellationToken)
    {
        await FindAsync(store, job, cancellationToken);
        var all = await store.ListCheckpointsAsync(job, cancellationToken);
        var found = wanted is null ? (all is [var newest, ..] ? newest : null)
            : all.FirstOrDefault(info => info.Name == wanted) ?? (long.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? all.FirstOrDefault(info => info.Id.Number == number) : null);
        return found ?? throw new ToolException($"Job '{job}' has no checkpoint{(wanted is null ? "" : $" '{wanted}'")}. {(all.Count == 0 ? "It has none yet." : $"It has: {string.Join(", ", all.Select(TextOf))}.")}");
    }

    private static string TextOf(CheckpointInfo info) => info.Name is null ? string.Create(CultureInfo.InvariantCulture, $"{info.Id.Number}") : string.Create(CultureInfo.InvariantCulture, $"{info.Id.Number} ({info.Name})");
}
