using System.Collections.Concurrent;

namespace Sluice.Tests;

/// <summary>Workers that are replaced while a run goes on: its output is what it is without that. SLUICE_FAULT_RUNS=N does each N times,
/// with other seeds.</summary>
[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class RestartTests : IDisposable
{
    private const int Items = 3000;
    private const int MostKills = 3;

    private static readonly int s_runs = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FAULT_RUNS"), out var runs) ? runs : 1;

    private readonly Lookout _lookout = new();
    private readonly MarkedWorkers _workers = new();
    private readonly ConcurrentQueue<WorkerLostException> _lost = new();

    public void Dispose() => _lookout.Dispose();

    [Theory]
    [InlineData("one to one", 1024)]
    [InlineData("one to one", 1)]
    [InlineData("filtering", 4)]
    [InlineData("one to many", 1024)]
    [InlineData("one to many", 1)]
    [InlineData("haltingly", 16)]
    public Task A_worker_that_is_killed_now_and_then_loses_nothing_and_repeats_nothing(string kind, int capacity) =>
        EachSeed(capacity, Items, async (killer, env) =>
        {
            var output = await Wait.For(killer.Numbers(Items).On(env).Through(Stage.Create(PartOf(kind))).On(Env.Caller).Select(killer.Pass).To(Sink.ToList<int>()).RunAsync());
            Assert.Equal(await Wait.For(Source.From(Enumerable.Range(0, Items)).Through(Stage.Create(PartOf(kind))).To(Sink.ToList<int>()).RunAsync()), output);
        });

    [Fact]
    public Task With_a_slow_sink_too() => EachSeed(8, 300, async (killer, env) =>
    {
        var output = await Wait.For(killer.Numbers(300).On(env).Through(Stage.Create<int, int>(FaultyParts.Several)).On(Env.Caller).Select(killer.Pass).Select(static item =>
        {
            Thread.SpinWait(5_000);
            return item;
        }).To(Sink.ToList<int>()).RunAsync());
        Assert.Equal(await Wait.For(Source.From(Enumerable.Range(0, 300)).Through(Stage.Create<int, int>(FaultyParts.Several)).To(Sink.ToList<int>()).RunAsync()), output);
    });

    [Fact]
    public Task With_Take_behind_it_too() => EachSeed(16, 1000, async (killer, env) =>
        Assert.Equal(
            Enumerable.Range(0, 1000).Select(static item => 3 * item),
            await Wait.For(killer.Numbers(int.MaxValue).On(env).Through(Stage.Create<int, int>(FaultyParts.Triple)).On(Env.Caller).Select(killer.Pass).Take(1000).To(Sink.ToList<int>()).RunAsync())));

    [Fact]
    public Task With_the_sink_over_there_its_result_is_that_of_the_last_worker() => EachSeed(16, Items, async (killer, env) =>
        Assert.InRange(await Wait.For(killer.Numbers(Items).On(env).To(Sink.Count<int>()).RunAsync()), 0, Items));

    [Fact]
    public Task With_several_edges_into_the_part_too() => EachSeed(16, 1000, async (killer, env) =>
    {
        var merged = Source.Merge(killer.Numbers(1000).On(env), Source.From(Enumerable.Range(1000, 1000).Where(static _ => true)).On(env), Source.From(Enumerable.Range(2000, 1000).Where(static _ => true)).On(env));
        var output = await Wait.For(merged.On(env).Through(Stage.Create<int, int>(FaultyParts.Haltingly)).On(Env.Caller).Select(killer.Pass).To(Sink.ToList<int>()).RunAsync());
        for (var part = 0; part < 3; part++)
        {
            Assert.Equal(
                Enumerable.Range(1000 * part, 1000).SelectMany(static item => (int[])[10 * item, (10 * item) + 1]),
                output.Where(item => item / 10_000 == part));
        }
    });

    [Fact]
    public async Task A_close_that_waits_for_what_is_behind_it_completes_after_a_restart()
    {
        var order = new List<string>();
        var output = await Wait.For(Source.From(Enumerable.Range(0, 100)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }

            _workers.Kill();
            await next.CloseAsync();
            order.Add("closed");
        }).On(Restarted(1)).Through<int>(FaultyParts.Triple).On(Env.Caller).Select(item =>
        {
            order.Add("item");
            return item;
        }).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(Enumerable.Range(0, 100).Select(static item => 3 * item), output);
        Assert.Equal("closed", order[^1]);
        Assert.Equal(101, order.Count);
        Assert.Single(_lost);
    }

    [Fact]
    public async Task An_error_that_is_thrown_in_while_the_worker_is_lost_is_thrown_into_the_next_one()
    {
        var post = _lookout.Post;
        var run = Source.From(Enumerable.Range(0, 100)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                if (item == 50)
                {
                    _workers.Kill();
                    await next.ThrowAsync(new FormatException("in between"));
                }
            }
        }).On(Restarted(1)).Through<string>((items, next) => Parts.CatchFormat(items, next, post)).On(Env.Caller).To(Sink.ToList<string>()).RunAsync();

        Assert.Equal(
            [.. Enumerable.Range(0, 51).Select(static item => $"{item}"), "in between", .. Enumerable.Range(51, 49).Select(static item => $"{item}")],
            await Wait.For(run));
        Assert.Single(_lost);
    }

    [Fact]
    public async Task When_the_restarts_are_used_up_the_run_fails_with_the_last_loss()
    {
        var lost = await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(
            Source.From(new Numbers().Endless()).On(Restarted(2)).Through<int>(static (items, next) => FaultyParts.DoAt(items, next, 5, static () =>
            {
                Environment.Exit(3);
                return Task.CompletedTask;
            })).On(Env.Caller).To(Sink.Count<int>()).RunAsync()));

        Assert.Equal(3, lost.ExitCode);
        Assert.Equal([3, 3], _lost.Select(static lost => lost.ExitCode));
        Assert.DoesNotContain(lost, _lost);
        await _workers.AreGone();
    }

    [Fact]
    public async Task A_failure_of_a_stage_is_no_loss_and_nothing_is_restarted()
    {
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(
            Source.From(new Numbers().Endless()).On(Restarted(5)).Through<int>(static (items, next) => Parts.FailAt(items, next, 5)).On(Env.Caller).To(Sink.Count<int>()).RunAsync()));

        Assert.Empty(_lost);
        await _workers.AreGone();
    }

    [Fact]
    public Task A_run_that_is_cancelled_while_its_worker_is_replaced_ends()
    {
        var seed = 0;
        return Seed.Each(3 * s_runs, async random =>
        {
            using var cancellation = new CancellationTokenSource();
            var killer = new Killer(_workers, Items, seed++, kills: 1);
            var env = Restarted(5, 4, _ => Task.Run(() =>
            {
                Thread.SpinWait(random.Next(3_000_000));
                cancellation.Cancel();
            }));
            var run = killer.Numbers(int.MaxValue).On(env).Through<int>(FaultyParts.Triple).On(Env.Caller).To(Sink.Count<int>()).RunAsync(cancellation.Token);

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
            Assert.True(run.IsCanceled);
            await _workers.AreGone();
        });
    }

    private static Func<Inbox<int>, Target<int>, Coroutine> PartOf(string kind) => kind switch
    {
        "one to one" => FaultyParts.Triple,
        "filtering" => FaultyParts.Odd,
        "one to many" => FaultyParts.Several,
        _ => FaultyParts.Haltingly,
    };

    private Env Restarted(int restarts, int capacity = 1024, Action<WorkerLostException>? restarting = null) => Env.Process(_workers.Mark(new ProcessOptions
    {
        StartupTimeout = Wait.Limit,
        Capacity = capacity,
        MaxRestarts = restarts,
        RestartDelay = new Backoff { First = TimeSpan.FromMilliseconds(1) },
        Restarting = restarting ?? _lost.Enqueue,
    }));

    private async Task EachSeed(int capacity, int items, Func<Killer, Env, Task> run)
    {
        for (var seed = capacity; seed < capacity + s_runs; seed++) // not the same seeds for all tests
        {
            var (now, before) = (seed, (_workers.Killed, _lost.Count));
            await Seed.Run(seed, async _ =>
            {
                try
                {
                    await run(new Killer(_workers, items, now), Restarted(MostKills, capacity));
                }
                catch (Exception error)
                {
                    throw new InvalidOperationException($"After {_workers.Killed - before.Killed} kills and {_lost.Count - before.Count} restarts: {error.Message}", error);
                }
            });
            await _workers.AreGone();
        }

        Assert.All(_lost, static lost => Assert.Equal(137, lost.ExitCode));
        Assert.NotEmpty(_lost);
    }

    /// <summary>Kills the worker when certain items leave the source, or come to the sink.</summary>
    private sealed class Killer
    {
        private readonly MarkedWorkers _workers;
        private readonly Random _random;
        private readonly HashSet<int> _sent;
        private readonly HashSet<int> _received;
        private int _count;
        private bool _isOver;

        internal Killer(MarkedWorkers workers, int items, int seed, int? kills = null)
        {
            (_workers, _random) = (workers, Seed.Random(seed));
            kills ??= _random.Next(1, MostKills + 1);
            _sent = [.. Enumerable.Range(0, (kills.Value + 1) / 2).Select(_ => _random.Next(items))];
            _received = [.. Enumerable.Range(0, kills.Value / 2).Select(_ => _random.Next(items / 2))];
        }

        internal Source<int> Numbers(int count) => Source.From(CountTo(count));

        private IEnumerable<int> CountTo(int count)
        {
            for (var item = 0; item < count; item++)
            {
                KillIf(_sent.Remove(item));
                yield return item;
            }

            _isOver = true;
        }

        /// <summary>In one strand with the source: as long as that has more, the worker cannot have ended what it sends.</summary>
        internal int Pass(int item)
        {
            KillIf(_received.Remove(_count++) && !_isOver);
            return item;
        }

        private void KillIf(bool isTime)
        {
            if (isTime)
            {
                Thread.SpinWait(_random.Next(50_000));
                _workers.Kill();
            }
        }
    }
}
