using System.Globalization;
using Sluice.Durable;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <content>A small run that fails at every call of the store: each time it ends as an undisturbed one does.</content>
public abstract partial class CheckpointStoreContract
{
    private const int Items = 5;

    public static TheoryData<StoreFault, bool> StepFaults => new()
    {
        { StoreFault.Before, false }, { StoreFault.After, false }, { StoreFault.Twice, false }, { StoreFault.Late, false }, { StoreFault.Before, true }, { StoreFault.After, true },
    };

    /// <summary>Nothing is lost and nothing is there twice, whichever call fails, and however the run goes on: by itself, or by a new one after a crash.</summary>
    [Theory]
    [MemberData(nameof(StepFaults))]
    public async Task A_run_that_is_disturbed_at_any_step_ends_as_an_undisturbed_one(StoreFault fault, bool crash)
    {
        var clean = new FaultyCheckpointStore(_place.Open());
        var published = await RunAsync(clean, "clean", crash: false);
        var expected = await ReadAsync(clean, "clean");
        Assert.Equal([.. Enumerable.Range(0, Items).Select(static i => $"line {i}")], published.Values);

        for (var call = 1; call <= clean.Calls; call++)
        {
            await using var store = new FaultyCheckpointStore(_place.Open());
            var at = call;
            store.Faults = (number, _) => number == at ? fault : StoreFault.None;
            if (crash)
            {
                store.Error = static () => new CrashException();
            }

            var job = $"{fault} at {call}";
            var output = await RunAsync(store, job, crash);
            await store.DeliverLateAsync();

            Assert.True(published.SequenceEqual(output), $"{fault} at {call} ({store.Names[call - 1]}): {string.Join(", ", output)}");
            Assert.Equal(expected, await ReadAsync(store, job));
            Assert.True((await store.FindJobAsync(job))!.Status == JobStatus.Finished, job);
        }
    }

    /// <summary>Counts items by key. Each item is one checkpoint; the line of each is published after its commit, and again after a crash.</summary>
    private static async Task<SortedDictionary<int, string>> RunAsync(FaultyCheckpointStore store, string job, bool crash)
    {
        var published = new SortedDictionary<int, string>();
        for (var run = 0; run < 10; run++)
        {
            try
            {
                await using var session = await store.OpenAsync(job, new JobOpenOptions { Keep = 2 });
                await GoOnAsync(session, published, crash);
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

    private static async Task GoOnAsync(JobSession session, SortedDictionary<int, string> published, bool crash)
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

        for (var number = (session.Committed?.Number ?? -1) + 1; item < Items; number++)
        {
            try
            {
                await session.WriteAsync(number, new CheckpointRows { Nodes = [Node("count", $"{item}")], Keys = [Key("keyed", $"{item % 2}", $"{item}")], Staged = [Staged("out", item, $"line {item}")] });
                await session.CommitAsync(new CheckpointCommit { Number = number, Rows = new CheckpointRows { Positions = [Position("in", $"{item + 1}")] } });
                item++;
                await using (var reader = await session.OpenReaderAsync())
                {
                    await PublishAsync(reader, published);
                }

                await session.PruneAsync();
            }
            catch (StoreUnavailableException) when (!crash)
            {
                if (session.Committed?.Number != number)
                {
                    await session.AbortAsync(number);
                }
            }
        }

        await session.FinishAsync(Utf8("done"));
    }

    private static async Task PublishAsync(CheckpointReader reader, SortedDictionary<int, string> published)
    {
        await foreach (var row in reader.ReadStagedAsync())
        {
            published[(int)row.Sequence] = Text(row.Output);
        }
    }

    private sealed class CrashException : Exception;
}
