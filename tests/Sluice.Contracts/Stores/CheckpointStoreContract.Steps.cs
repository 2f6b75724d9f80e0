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
        await using var clean = new FaultyCheckpointStore(_store);
        var published = await SmallRun.RunAsync(clean, "clean", Items, crash: false);
        var expected = await ReadAsync(clean, "clean");
        Assert.Equal([.. Enumerable.Range(0, Items).Select(static i => $"line {i}")], published.Values);

        for (var call = 1; call <= clean.Calls; call++)
        {
            await using var store = new FaultyCheckpointStore(_store);
            var at = call;
            store.Faults = (number, _) => number == at ? fault : StoreFault.None;
            if (crash)
            {
                store.Error = static () => new SmallRun.CrashException();
            }

            var job = $"{fault} at {call}";
            var output = await SmallRun.RunAsync(store, job, Items, crash);
            await store.DeliverLateAsync();

            Assert.True(published.SequenceEqual(output), $"{fault} at {call} ({store.Names[call - 1]}): {string.Join(", ", output)}");
            Assert.Equal(expected, await ReadAsync(store, job));
            Assert.True((await store.FindJobAsync(job))!.Status == JobStatus.Finished, job);
        }
    }
}
