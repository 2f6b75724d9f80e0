using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Rule 13e: a mark passes nodes that wait in the middle of their work, and they go on with it: a guard in its backoff, calls that are under way.</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class PausesGoOnTests
{
    private const int Items = 12;
    private const int Odd = 5;

    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    /// <summary>Each has a stage under a policy at which the fifth item fails twice, and nothing else that takes time.</summary>
    private static readonly Dictionary<string, Func<PausesGoOnTests, Source<int>, Source<int>>> s_guarded = new()
    {
        ["an operator"] = static (test, source) => source.Through(test.Fails()),
        ["a coroutine"] = static (test, source) => source.Through(Stage.Create<int, int>((items, next) => test.FailsIn(items, next)).OnError(Policy(2))),
        ["restarts"] = static (test, source) => source.Through(Stage.Select<int, int>(test.Try).OnError(ErrorPolicy.Restart(2, Backoff.Constant(s_hour)))),
        ["behind a coroutine"] = static (test, source) => source.Through(Stage.Create<int, int>(static (items, next) => Pass(items, next))).Through(test.Fails()),
        ["behind one that sends many"] = static (test, source) => source.SelectMany(static item => item == Odd ? [Odd, 101, 102, 103] : new[] { item }).Through(test.Fails()),
        ["behind a thread"] = static (test, source) => source.On(Env.Thread(4)).Through(test.Fails()),
        ["on a thread"] = static (test, source) => source.On(Env.Thread(4)).Through(test.Fails()).On(Env.Caller),
        ["in a pool"] = static (test, source) => source.On(Env.Threads(3, capacity: 2)).Through(test.Fails()).On(Env.Caller),
        ["before a stage"] = static (test, source) => source.Through(test.Fails()).Scan(0, static (sum, item) => sum + item),
        ["behind a merge"] = static (test, source) => Source.Merge(source, Source.From(Numbers(100, 20))).Through(test.Fails()),
        ["beside another branch"] = static (test, source) => source.Through(Stage.Broadcast(test.Fails(), Stage.Scan<int, int>(0, static (sum, item) => sum + item))),
        ["before a Zip"] = static (test, source) => source.Through(test.Fails()).Zip(Source.From(Numbers(100, Items)), static (one, other) => (1000 * one) + other),
        ["two guards"] = static (test, source) => source.Through(Stage.Select<int, int>(static item => item).OnError(Policy(2))).Through(test.Fails()),
    };

    private readonly FakeTimeProvider _clock = new();
    private readonly ConcurrentQueue<(int Item, TimeSpan At)> _tries = new();
    private readonly DateTimeOffset _began;

    public PausesGoOnTests() => _began = _clock.GetUtcNow();

    public static TheoryData<string> Guarded => [.. s_guarded.Keys];

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Rule13e_a_mark_passes_a_guard_in_its_backoff_and_the_item_comes_again_at_its_instant(string stages)
    {
        var expected = await Whole(stages);
        var (_, stored) = await Run(stages, null, markAt: Odd, endsAtMark: true); // the clock stands still
        Assert.NotNull(stored);
        Assert.Equal([TimeSpan.Zero], TriesOfOdd());

        _clock.Advance(s_hour * 0.75);
        var run = Run(stages, stored, markAt: -1, endsAtMark: false);
        while (!run.IsCompleted)
        {
            await Wait.Until(() => run.IsCompleted || (stages == "in a pool" ? MarkedRun.IsAtRest : MarkedRun.IsPausing), "the guard in its backoff");
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(expected, (await run).Result!.Order());
        var tries = TriesOfOdd().ToArray();
        Assert.Equal(3, tries.Length);
        Assert.True(tries[1] >= s_hour && tries[2] >= tries[1] + s_hour); // on another thread the clock may go on before it has seen that it is time
        if (!stages.Contains("thread", StringComparison.Ordinal) && stages != "in a pool")
        {
            Assert.Equal([TimeSpan.Zero, s_hour, 2 * s_hour], tries);
        }
    }

    [Theory]
    [MemberData(nameof(Guarded))]
    public async Task Rule13_a_run_with_a_guard_goes_on_behind_a_mark_at_any_item(string stages)
    {
        var expected = await Whole(stages);
        for (var at = 0; at < Items; at++)
        {
            _tries.Clear();
            var (result, stored) = await Advance(Run(stages, null, at, endsAtMark: true, giveUpAfter: (at % 3) - 1));
            if (stored is not null)
            {
                (result, _) = await Advance(Run(stages, stored, -1, endsAtMark: false));
            }

            Assert.Equal(expected, result!.Order());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rule13e_the_number_of_failures_is_stored_with_the_item(bool skips)
    {
        var policy = ErrorPolicy.Retry(3, Backoff.Constant(s_hour), thenSkip: skips);
        var (_, stored) = await MarkedRun.Run(Make(), null, Odd, endsAtMark: true, clock: _clock);
        Assert.NotNull(stored);
        var second = Advance(MarkedRun.Run(Make(), stored, -1, endsAtMark: false, clock: _clock));

        if (skips)
        {
            Assert.Equal(Numbers(0, Items).Where(static item => item != Odd), (await second).Result);
        }
        else
        {
            Assert.Equal("five", (await Assert.ThrowsAsync<FormatException>(() => second)).Message);
        }

        Assert.Equal(4, TriesOfOdd().Count());

        Pipeline<List<int>> Make() => Source.From(Numbers(0, Items)).Select(MarkedRun.Count).Through(Stage.Select<int, int>(item => Try(item, failures: int.MaxValue)).OnError(policy)).To(Sink.ToList<int>());
    }

    [Fact]
    public async Task Rule13e_a_stored_failure_has_the_type_and_the_text_of_the_first_one()
    {
        var gate = new TaskCompletionSource();
        var (_, stored) = await MarkedRun.Run(Make(), null, Odd, endsAtMark: true, clock: _clock);
        var second = MarkedRun.Run(Make(), stored, -1, endsAtMark: false, clock: _clock);
        await Wait.Until(static () => MarkedRun.IsPausing, "the guard in its backoff");
        gate.SetException(new InvalidOperationException("elsewhere"));

        await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(second));
        var failure = Assert.Single(second.Exception!.Flatten().InnerExceptions.OfType<StoredFailureException>());

        Assert.Equal(("System.FormatException", "five"), (failure.FailureType, failure.Message));
        Assert.Contains("System.FormatException in an earlier run", failure.ToString(), StringComparison.Ordinal);

        Pipeline<List<int>> Make() => Source.Merge(Source.From(Numbers(0, Items)).Select(MarkedRun.Count), Source.From([-1]).SelectAsync(async (item, cancellation) =>
        {
            await gate.Task.WaitAsync(cancellation);
            return item;
        }, 1)).Through(Fails()).To(Sink.ToList<int>());
    }

    [Theory]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    [InlineData(true, 20)]
    [InlineData(false, 20)]
    public async Task Rule13e_a_mark_passes_calls_that_are_under_way_and_they_are_made_again(bool ordered, int degree)
    {
        var (calls, gate) = (new ConcurrentQueue<int>(), new TaskCompletionSource());
        var (_, stored) = await MarkedRun.Run(Make(), null, 2, endsAtMark: true);
        Assert.NotNull(stored);
        Assert.Equal([0, 1, 2], calls.Take(3));
        calls.Clear();
        gate.SetResult();
        var (result, _) = await MarkedRun.Run(Make(), stored, -1, endsAtMark: false);

        Assert.Equal(Numbers(0, Items), result!.Order());
        Assert.Equal([0, 2], calls.Order().Take(2)); // the first one's result was there
        Assert.Equal(Items - 1, calls.Count);

        Pipeline<List<int>> Make() => Source.From(Numbers(0, Items)).Select(MarkedRun.Count).SelectAsync(async (item, cancellation) =>
        {
            calls.Enqueue(item);
            if (item != 1)
            {
                await gate.Task.WaitAsync(cancellation);
            }

            return item;
        }, degree, ordered).To(Sink.ToList<int>());
    }

    [Fact]
    public async Task A_mark_waits_for_calls_if_it_is_to_drain_them()
    {
        var (calls, gate) = (new ConcurrentQueue<int>(), new TaskCompletionSource());
        var first = MarkedRun.Run(Make(), null, 2, endsAtMark: true);
        await Wait.Until(() => calls.Count == 3 && MarkedRun.IsAtRest, "the calls");
        Assert.False(first.IsCompleted);
        gate.SetResult();
        var (_, stored) = await first;
        var (result, _) = await MarkedRun.Run(Make(), stored, -1, endsAtMark: false);

        Assert.Equal(Numbers(0, Items), result);
        Assert.Equal(Items, calls.Distinct().Count());

        Pipeline<List<int>> Make() => Source.From(Numbers(0, Items)).Select(MarkedRun.Count).SelectAsync(async (item, _) =>
        {
            calls.Enqueue(item);
            await gate.Task;
            return item;
        }, 3, drain: true).To(Sink.ToList<int>());
    }

    private static ErrorPolicy Policy(int count) => ErrorPolicy.Retry(count, Backoff.Constant(s_hour));

    private static int[] Numbers(int from, int count) => [.. Enumerable.Range(from, count)];

    private static async Coroutine Pass(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private Stage<int, int> Fails() => Stage.Select<int, int>(Try).OnError(Policy(2));

    private async Coroutine FailsIn(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(Try(item));
        }
    }

    private int Try(int item) => Try(item, failures: 2);

    private int Try(int item, int failures)
    {
        if (item == Odd)
        {
            _tries.Enqueue((item, _clock.GetUtcNow() - _began));
            if (_tries.Count <= failures)
            {
                throw new FormatException("five");
            }
        }

        return item;
    }

    private IEnumerable<TimeSpan> TriesOfOdd() => _tries.Select(static one => one.At);

    private async Task<IEnumerable<int>> Whole(string stages)
    {
        _tries.Enqueue(default);
        _tries.Enqueue(default); // it does not fail
        var (whole, _) = await Run(stages, null, -1, endsAtMark: false);
        _tries.Clear();
        return whole!.Order();
    }

    private Task<(List<int>? Result, Dictionary<StateKey, byte[]>? Stored)> Run(string stages, Dictionary<StateKey, byte[]>? stored, int markAt, bool endsAtMark, int giveUpAfter = -1) =>
        MarkedRun.Run(s_guarded[stages](this, Source.From(Numbers(0, Items)).Select(MarkedRun.Count)).To(Sink.ToList<int>()), stored, markAt, endsAtMark, giveUpAfter, _clock);

    private async Task<T> Advance<T>(Task<T> run)
    {
        while (!run.IsCompleted)
        {
            await Wait.Until(() => run.IsCompleted || MarkedRun.IsAtRest, "the run at rest");
            _clock.Advance(TimeSpan.FromMinutes(30));
        }

        return await run;
    }
}
