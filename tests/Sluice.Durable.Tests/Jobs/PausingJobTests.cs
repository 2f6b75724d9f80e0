using Microsoft.Extensions.Time.Testing;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rule 13e: jobs take checkpoints while their stages wait for hours.</summary>
public sealed class PausingJobTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly FakeTimeProvider _clock = new();
    private int _failures = 1;
    private int _tries;

    public static TheoryData<string> Stages => ["retry", "retry of calls", "calls", "Delay", "RateLimit"];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task A_job_takes_checkpoints_while_a_stage_waits_for_an_hour(string stage)
    {
        var run = await Job(stage).StartAsync();
        await Wait.For(run.CheckpointAsync());
        await Wait.Until(() => _tries > 0, "the first item at the stage");
        await Wait.For(run.CheckpointAsync());
        await Wait.For(run.StopAsync(JobStop.Suspend));
        await run.DisposeAsync();

        var completion = Job(stage).RunAsync();
        while (!completion.IsCompleted)
        {
            await Task.Yield();
            _clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal([1, 2, 3], await completion);
    }

    private Job<List<int>> Job(string stage) => Source.From([1, 2, 3]).Select(Tried).Through(StageOf(stage)).To(Sink.ToList<int>()).AsJob(
        "pauses", _store, new JobOptions { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Select", "Select-2", "SelectAsync" }, Run = new() { TimeProvider = _clock } });

    private int Tried(int item)
    {
        _tries++;
        return item;
    }

    private Stage<int, int> StageOf(string stage) => stage switch
    {
        "retry" => Stage.Select<int, int>(Fail).OnError(ErrorPolicy.Retry(1, Backoff.Constant(s_hour))),
        "retry of calls" => Stage.SelectAsync<int, int>(async (item, _) =>
        {
            await Task.Yield();
            return Fail(item);
        }, 2).OnError(ErrorPolicy.Retry(1, Backoff.Constant(s_hour))),
        "calls" => Stage.SelectAsync<int, int>(async (item, cancellation) =>
        {
            await Task.Delay(s_hour, _clock, cancellation);
            return item;
        }, 3),
        "Delay" => Stage.Delay<int>(s_hour, 2),
        _ => Stage.RateLimit<int>(1, s_hour),
    };

    private int Fail(int item) => item == 1 && Interlocked.Decrement(ref _failures) >= 0 ? throw new FormatException("one") : item;
}
