using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Workers that die, in all ways that there are.</summary>
[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class WorkerLossTests : IDisposable
{
    private const int Runs = 4;
    private const int Killed = 137; // 128 and SIGKILL

    private readonly Lookout _lookout = new();
    private readonly MarkedWorkers _workers = new();
    private Random? _random; // Of the test that runs.

    public void Dispose() => _lookout.Dispose();

    [Fact]
    public Task A_worker_that_is_killed_while_it_starts_fails_the_run() => Seed.Run(1, async random =>
    {
        _random = random;
        for (var i = 0; i < Runs; i++)
        {
            var run = There(new Numbers()).To(Sink.Count<int>()).RunAsync();
            await Wait.Until(() => _workers.Running.Count > 0 || run.IsCompleted, "a worker");
            SpinAWhile(5_000_000);
            _workers.Kill();
            await AssertKilled(run);
        }
    });

    [Fact]
    public Task A_worker_that_is_killed_while_items_flow_fails_the_run_and_ends_the_source() => Seed.Run(1, async random =>
    {
        _random = random;
        for (var i = 0; i < Runs; i++)
        {
            var (numbers, at) = (new Numbers(), random.Next(1, 20_000));
            var run = There(numbers, item => KillAt(item, at)).Through<int>(FaultyParts.Triple).On(Env.Caller).To(Sink.Count<int>()).RunAsync();
            await AssertKilled(run);
            Assert.Equal(1, numbers.Ended);
        }
    });

    [Fact]
    public async Task A_worker_that_is_killed_while_it_computes_fails_the_run_with_the_last_lines_of_its_standard_error()
    {
        var post = _lookout.Post;
        var run = There(new Numbers()).Through<int>((items, next) => FaultyParts.DoAt(items, next, 3, () =>
        {
            post.Say("computes");
            while (true)
            {
                Thread.SpinWait(100);
            }
        })).To(Sink.Count<int>()).RunAsync();
        await _lookout.Hears("computes");
        _workers.Kill();

        var lost = await AssertKilled(run);
        Assert.Equal(["it happens at 3"], lost.LastErrorLines);
        Assert.Contains("killed by signal 9 (SIGKILL)", lost.Message, StringComparison.Ordinal);
        Assert.Contains("it happens at 3", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public Task A_worker_that_is_killed_while_it_ends_fails_the_run_unless_the_result_is_here_already() => Seed.Run(1, async random =>
    {
        _random = random;
        for (var i = 0; i < Runs; i++)
        {
            var run = Source.From(Enumerable.Range(0, 1000).Select(item => KillAt(item, 999)))
                .On(Env.Process(_workers.Mark(Patient()))).To(Parts.CountInOrder).RunAsync();
            if (await Record.ExceptionAsync(() => Wait.For(run)) is null)
            {
                Assert.Equal(1000, await run);
                await _workers.AreGone();
            }
            else
            {
                await AssertKilled(run);
            }
        }
    });

    [Fact]
    public async Task A_stage_that_exits_its_process_fails_the_run_with_the_exit_code()
    {
        var lost = await LostBy(static () =>
        {
            Environment.Exit(3);
            return Task.CompletedTask;
        });
        Assert.Equal(3, lost.ExitCode);
        Assert.Contains("ended with exit code 3 while it ran a part of the pipeline", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_fails_fast_fails_the_run_with_the_message_of_its_end()
    {
        var lost = await LostBy(static () =>
        {
            Environment.FailFast("nothing goes any more");
            return Task.CompletedTask;
        });
        Assert.Equal(128 + 6, lost.ExitCode); // SIGABRT
        Assert.Contains("nothing goes any more", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_on_a_thread_of_its_own_ends_the_worker_and_fails_the_run()
    {
        var lost = await LostBy(static () =>
        {
            new Thread(static () => throw new FormatException("on another thread")).Start();
            return Task.Delay(Timeout.Infinite);
        });
        Assert.Equal(128 + 6, lost.ExitCode);
        Assert.Contains("System.FormatException: on another thread", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_takes_more_memory_than_the_limit_fails_the_run_and_this_process_lives()
    {
        var run = There(new Numbers(), options: Patient(64L << 20)).Through<int>((items, next) => FaultyParts.DoAt(items, next, 3, static () =>
        {
            var all = new List<byte[]>();
            while (true)
            {
                all.Add(new byte[1 << 20]);
            }
        })).To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(run));
        Assert.True(error is OutOfMemoryException or WorkerLostException, $"{error}");
        await _workers.AreGone();
    }

    /// <summary>The runtime has one exception for it then, which takes no notes.</summary>
    [Fact]
    public async Task A_stage_that_leaves_no_memory_at_all_fails_the_run_and_this_process_lives()
    {
        for (var i = 0; i < Runs; i++)
        {
            var run = There(new Numbers(), options: Patient(64L << 20)).Through<int>((items, next) => FaultyParts.DoAt(items, next, 3, static () =>
            {
                var all = new List<byte[]>(1_000_000);
                foreach (var size in (int[])[1 << 20, 1 << 16, 1 << 12, 1 << 8])
                {
                    try
                    {
                        Fill(all, size);
                    }
                    catch (OutOfMemoryException)
                    {
                        // Smaller ones still have room.
                    }
                }

                Fill(all, 1);
                return Task.CompletedTask;
            })).To(Sink.Count<int>()).RunAsync();

            var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(run));
            Assert.True(error is OutOfMemoryException or WorkerLostException, $"{error}");
            await _workers.AreGone();
        }

        static void Fill(List<byte[]> all, int size)
        {
            while (true)
            {
                all.Add(new byte[size]);
            }
        }
    }

    [Fact]
    public async Task A_worker_that_is_stopped_counts_as_lost_when_it_has_been_silent_for_too_long_and_is_killed()
    {
        var (numbers, post, time) = (new Numbers(), _lookout.Post, new FakeTimeProvider());
        var options = new ProcessOptions { StartupTimeout = Wait.Limit, SilenceTimeout = TimeSpan.FromSeconds(2), Time = time };
        var run = There(numbers, options: options).Through<int>((items, next) => FaultyParts.DoAt(items, next, 3, async () =>
        {
            post.Say("stops");
            Signals.Send(Environment.ProcessId, "STOP");
            await Task.Delay(Timeout.Infinite);
        })).To(Sink.Count<int>()).RunAsync();
        await _lookout.Hears("stops");
        await Wait.Until(() => Passed(time) && run.IsCompleted, "the worker to be given up");

        var lost = await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(run));
        Assert.Contains("did not answer any more", lost.Message, StringComparison.Ordinal);
        Assert.Equal(["it happens at 3"], lost.LastErrorLines);
        Assert.Contains("has been silent for 2 seconds", Assert.IsType<TimeoutException>(lost.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal(1, numbers.Ended);
        await _workers.AreGone();
    }

    /// <summary>A third of the silence: before the next one what it looks for has had a turn.</summary>
    private static bool Passed(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(0.5));
        return true;
    }

    private async Task<WorkerLostException> LostBy(Func<Task> what)
    {
        var run = There(new Numbers()).Through<int>((items, next) => FaultyParts.DoAt(items, next, 3, what)).To(Sink.Count<int>()).RunAsync();
        var lost = await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(run));
        Assert.Contains("it happens at 3", lost.LastErrorLines);
        await _workers.AreGone();
        return lost;
    }

    private async Task<WorkerLostException> AssertKilled(Task run)
    {
        var lost = await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(run));
        Assert.Equal(Killed, lost.ExitCode);
        await _workers.AreGone();
        return lost;
    }

    private Source<int> There(Numbers numbers, Func<int, int>? pass = null, ProcessOptions? options = null) =>
        Source.From(numbers.Endless().Select(pass ?? (static item => item))).On(Env.Process(_workers.Mark(options ?? Patient())));

    private static ProcessOptions Patient(long? memory = null) => new() { StartupTimeout = Wait.Limit, MemoryLimit = memory };

    private int KillAt(int item, int at)
    {
        if (item == at)
        {
            SpinAWhile(100_000);
            _workers.Kill();
        }

        return item;
    }

    private void SpinAWhile(int most) => Thread.SpinWait(_random!.Next(most));
}
