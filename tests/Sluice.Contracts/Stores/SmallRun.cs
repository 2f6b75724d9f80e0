using System.Globalization;
using Sluice.Durable;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <summary>A run as a coordinator makes it, with one checkpoint for each item. It goes on after failures of the store by itself, or by a new run after a crash.</summary>
internal static class SmallRun
{
    /// <summary>Counts items by key. Each item is one checkpoint; the line of each is published after its commit, and again after a crash.</summary>
    internal static async Task<SortedDictionary<int, string>> RunAsync(CheckpointStore store, string job, int items, bool crash)
    {
        var published = new SortedDictionary<int, string>();
        for (var run = 0; run < 10; run++)
        {
            try
            {
                await using var session = await store.OpenAsync(job, new JobOpenOptions { Keep = 2 });
                await GoOnAsync(session, published, items, crash);
                return published;
            }
            catch (CrashException)
            {
                // The next run goes on.
            }
            catch (StoreUnavailableException) when (!crash)
            {
                // The job could not be opened, or its end could not be stored: a program tries again.
            }
        }

        throw new InvalidOperationException("It does not end.");
    }

    private static async Task GoOnAsync(JobSession session, SortedDictionary<int, string> published, int items, bool crash)
    {
        if (session.IsFinished)
        {
            return;
        }

        var item = 0;
        if (session.Committed is not null)
        {
            await using var reader = await session.OpenReaderAsync();
            item = int.Parse(Text((await reader.ReadPositionsAsync().SingleAsync()).Position!.Value), CultureInfo.InvariantCulture);
            await PublishAsync(reader, published);
        }

        for (var number = (session.Committed?.Number ?? -1) + 1; item < items; number++)
        {
            try
            {
                await session.WriteAsync(number, new CheckpointRows { Nodes = [Node("count", $"{item}")], Keys = [Key("keyed", $"{item % 2}", $"{item}")], Staged = [Staged("out", item, $"line {item}")] });
                await session.CommitAsync(new CheckpointCommit { Number = number, Rows = new CheckpointRows { Positions = [Position("in", $"{item + 1}")] } });
                item++;
            }
            catch (StoreUnavailableException) when (!crash)
            {
                await session.AbortAsync(number);
                continue;
            }

            await AfterCommitAsync(session, published, crash);
        }

        await session.FinishAsync(Utf8("done"));
    }

    /// <summary>What is published was committed, so a failure here is no reason to give it up.</summary>
    private static async Task AfterCommitAsync(JobSession session, SortedDictionary<int, string> published, bool crash)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using (var reader = await session.OpenReaderAsync())
                {
                    await PublishAsync(reader, published);
                }

                await session.PruneAsync();
                return;
            }
            catch (StoreUnavailableException) when (!crash && attempt < 5)
            {
            }
        }
    }

    private static async Task PublishAsync(CheckpointReader reader, SortedDictionary<int, string> published)
    {
        await foreach (var row in reader.ReadStagedAsync())
        {
            published[(int)row.Sequence] = Text(row.Output);
        }
    }

    /// <summary>The end of a run at once.</summary>
    internal sealed class CrashException : Exception;
}
