using System.Globalization;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rules 13 to 16: the process of a job ends at each single step of the protocol, before or after a call of the store, a write, an fsync, a rename, a cut, a preparation, a publication, an
/// acknowledgement. The next one goes on, and all outputs are as those of a run that nothing has disturbed.</summary>
[Trait("Configuration", "Release")]
public sealed class EveryStepTests
{
    private const int Items = 24;
    private const int MarkEach = 7;

    private static readonly Lazy<Task<List<string>>> s_whole = new(static () => Make(Source.From(Enumerable.Range(0, Items).ToArray())).To(Sink.ToList<string>()).RunAsync());

    [Fact]
    public async Task A_job_whose_process_ends_at_any_step_ends_as_an_undisturbed_one()
    {
        var (steps, _) = await CheckAsync([], Loss.None);
        Assert.Superset(
            new HashSet<string> { "claim in the store", "commit in the store", "prune in the store", "end in the store", "sync /data", "sync /data/one.txt", "prepare", "publish", "go back", "acknowledge" },
            steps.Select(static step => step[(step.IndexOf(' ', StringComparison.Ordinal) + 1)..step.IndexOf(',', StringComparison.Ordinal)]).ToHashSet());

        var ends = 0;
        for (var i = 0; i < steps.Count; i++)
        {
            ends += (await CheckAsync([steps[i]], (Loss)(i % 3))).Ends;
        }

        Assert.Equal(steps.Count, ends); // each run takes the same steps up to its end
    }

    [Fact]
    public async Task A_process_that_goes_on_may_end_at_any_step_too()
    {
        const int EachFirst = 29;
        const int EachSecond = 11;
        var (steps, _) = await CheckAsync([], Loss.None);
        for (var i = 0; i < steps.Count; i += EachFirst)
        {
            var (again, _) = await CheckAsync([steps[i]], (Loss)(i % 3)); // the steps of the second process
            for (var j = i % EachSecond; j < again.Count; j += EachSecond)
            {
                await CheckAsync([steps[i], again[j]], (Loss)(j % 3));
            }
        }
    }

    /// <summary>Runs the job to its end, by processes of which each ends at its step.</summary>
    /// <returns>The steps of the last process, and how many ended before.</returns>
    private static async Task<(List<string> Steps, int Ends)> CheckAsync(string[] endsAt, Loss loss)
    {
        var whole = await s_whole.Value;
        await using var world = new World();
        var ends = 0;
        List<string>? steps;
        while ((steps = await RunAsync(world, endsAt.ElementAtOrDefault(ends), loss, ends)) is null)
        {
            Assert.True(ends++ < endsAt.Length, $"It did not end after {string.Join("; ", endsAt)}.");
        }

        var what = $"after an end {string.Join("; and then ", endsAt)}";
        world.Disk = world.Disk.AfterCrash(Loss.All);
        Assert.True(whole.SequenceEqual(world.Shown), $"Published {what}: {string.Join(' ', world.Shown)}");
        foreach (var stem in (string[])["one", "renamed"])
        {
            Assert.True(string.Concat(whole.Select(static line => line + "\n")) == world.TextOf(stem), $"The file '{stem}' {what}: {world.TextOf(stem)}");
        }

        Assert.True(Items == world.Acknowledged, $"Acknowledged {what}: {world.Acknowledged}");
        return (steps, ends);
    }

    /// <summary>Runs one process.</summary>
    /// <returns>Its steps; null if it ended at one of them.</returns>
    private static async Task<List<string>?> RunAsync(World world, string? endsAt, Loss loss, int number)
    {
        await using var process = new SteppingProcess(world, endsAt, loss, number);
        var started = new TaskCompletionSource<JobRun<object?>>();
        var job = Make(Broker(process, started.Task)).To(Sink.Broadcast(
            [
                Sink.WriteLines("/data/one.txt", new OutputFileOptions()),
                Sink.WriteLines("/data/renamed.txt", new OutputFileOptions { Commit = OutputCommit.Rename, MaxPartSize = 100 }),
                Sink.Staged(() => new Service(process)),
            ])).AsJob("job", process.Store, new() { Interval = Timeout.InfiniteTimeSpan, Disk = process.Disk, FailuresAllowed = 0, Open = new() { Keep = 2 } });
        try
        {
            await using var run = await job.StartAsync(process.End);
            started.SetResult(run);
            await Wait.For(run.Completion, endsAt ?? "the end");
            Assert.False(process.IsOver, $"It ended without a failure after {endsAt}");
            return process.Steps;
        }
        catch (Exception) when (process.IsOver)
        {
            return null; // whatever it fails with then, it changes nothing any more
        }
    }

    /// <summary>Takes a checkpoint now and then, and waits for it: a source that waits has no item under way.</summary>
    private static Source<int> Broker(SteppingProcess process, Task<JobRun<object?>> started) => Source.Resumable<int, int>(0, async source =>
    {
        source.Committed = (position, _) =>
        {
            process.Do("acknowledge", world => world.Acknowledged = Math.Max(world.Acknowledged, position));
            return ValueTask.CompletedTask;
        };
        process.Do("go back in the broker", world => Assert.InRange(world.Acknowledged, 0, source.Position)); // else items are gone
        var run = await started;
        while (source.Position < Items)
        {
            await source.SendAsync(source.Position, source.Position + 1);
            if (source.Position % MarkEach == 0)
            {
                await run.CheckpointAsync(source.Position == 2 * MarkEach ? "half" : null, source.Cancellation);
            }
        }
    });

    /// <summary>Keys, windows, calls that are under way, another thread; the order of the output is the same each time.</summary>
    private static Source<string> Make(Source<int> source) => source
        .SelectAsync(static async (item, _) =>
        {
            await Task.Yield();
            return item;
        }, 2)
        .On(Env.Thread(4))
        .ForEachKey<int, int, string>(static item => item % 3, static (key, items, next) => Sums(key, items, next))
        .On(Env.Caller)
        .SlidingWindow(3, 2)
        .Select(static window => string.Join('+', window));

    private static async Coroutine Sums(int key, Inbox<int> items, Target<string> next)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{key}:{sum}"));
        }

        await next.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{key} ends"));
    }

    private sealed class Service(SteppingProcess process) : StagedSink<string>
    {
        public override ValueTask RestoreAsync(StagedContext context, StagedCheckpoint? committed, CancellationToken cancellationToken)
        {
            process.Do("go back", world => world.GoBackTo(committed?.Number ?? -1));
            return ValueTask.CompletedTask;
        }

        public override ValueTask<StagedPart> PrepareAsync(long checkpoint, IReadOnlyList<string> items, CancellationToken cancellationToken)
        {
            process.Do("prepare", world => world.Prepare(checkpoint, items));
            return new(new StagedPart(BitConverter.GetBytes(checkpoint)));
        }

        public override ValueTask PublishAsync(StagedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            process.Do("publish", world => world.Publish(checkpoint.Number));
            return ValueTask.CompletedTask;
        }
    }
}
