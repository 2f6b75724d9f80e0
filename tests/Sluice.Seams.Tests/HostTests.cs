using Microsoft.Extensions.Time.Testing;
using Sluice.Tests;

namespace Sluice.Seams.Tests;

/// <summary>A host of strands: what is special about one of one's own, beside the contract.</summary>
public sealed class HostTests
{
    [Fact]
    public async Task A_part_runs_on_the_hosts_thread()
    {
        using var host = new QueueHost();

        var threads = await Wait.For(Source.From(Enumerable.Range(0, 1000)).On(Env.On(host, "queue")).Select(static _ => Environment.CurrentManagedThreadId).On(Env.Caller).Distinct().To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([host.ThreadId], threads);
    }

    [Fact]
    public async Task A_host_that_has_ended_refuses_a_run()
    {
        var host = new QueueHost();
        host.Dispose();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Source.From([1]).On(Env.On(host, "queue 'x'")).To(Sink.Count<int>()).RunAsync());

        Assert.Contains("The queue 'x' has ended", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_started_on_the_host_stays_there_and_has_its_clock()
    {
        using var host = new ClockHost();
        var run = new TaskCompletionSource<List<(int, DateTimeOffset)>>();
        host.Do(async () =>
        {
            try
            {
                run.SetResult(await Source.Interval(TimeSpan.FromHours(1)).Take(2).Select(_ => (Environment.CurrentManagedThreadId, host.TimeProvider.GetUtcNow())).To(Sink.ToList<(int, DateTimeOffset)>()).RunAsync());
            }
            catch (Exception error)
            {
                run.SetException(error);
            }
        });
        await Wait.For(host.Started);
        while (!run.Task.IsCompleted)
        {
            host.Clock.Advance(TimeSpan.FromMinutes(30));
            await Task.Yield();
        }

        Assert.All(await Wait.For(run.Task), item => Assert.Equal(host.ThreadId, item.Item1));
    }

    [Fact]
    public void Its_arguments_are_checked()
    {
        using var host = new QueueHost();
        Assert.Throws<ArgumentNullException>(() => Env.On(null!, "x"));
        Assert.Throws<ArgumentException>(() => Env.On(host, ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => Env.On(host, "x", 0));
        Assert.Equal("x", Env.On(host, "x").ToString());
        Assert.Null(StrandHost.Current);
    }

    /// <summary>A host with a clock of its own, on which other code can be run too.</summary>
    private sealed class ClockHost : StrandHost, IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<Action> _actions = [];
        private readonly Thread _thread;
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal ClockHost()
        {
            _thread = new(Run) { IsBackground = true };
            _thread.Start();
        }

        internal FakeTimeProvider Clock { get; } = new();

        internal Task Started => _started.Task;

        internal int ThreadId => _thread.ManagedThreadId;

        public override bool IsHere => ReferenceEquals(Thread.CurrentThread, _thread);

        public override TimeProvider TimeProvider => Clock;

        public override void Post(StrandTurn turn) => _actions.Add(turn.Run);

        public void Dispose()
        {
            _actions.CompleteAdding();
            _thread.Join();
            _actions.Dispose();
        }

        internal void Do(Action action) => _actions.Add(() =>
        {
            action();
            _started.TrySetResult();
        });

        private void Run()
        {
            Current = this;
            foreach (var action in _actions.GetConsumingEnumerable())
            {
                action();
            }
        }
    }
}
