using System.Collections.Concurrent;
using Sluice.Tests;

namespace Sluice.Seams.Tests;

/// <summary>A host that takes part in the runs that are started on it: it sees them, cancels them, and knows when they have ended.</summary>
public sealed class RunHostTests
{
    private static readonly AsyncLocal<string?> s_mark = new();

    [Fact]
    public async Task A_host_sees_the_runs_that_are_started_on_it_until_they_have_ended()
    {
        using var host = new NotingHost();
        var (go, marks) = (new Signal(), new ConcurrentQueue<string?>());
        var run = await Wait.For(host.Do(async () =>
        {
            var run = await Source.Create<int>(async (_, _) =>
            {
                marks.Enqueue(s_mark.Value);
                await go.Task;
            }).Named("numbers").To(Sink.Count<int>()).StartAsync();
            marks.Enqueue(s_mark.Value);
            return run;
        }));
        await Wait.Until(() => marks.Count == 2, "the source and the caller");
        var noted = Assert.Single(host.Runs);
        Assert.Equal(["numbers", "Count"], noted.Graph.Nodes.Select(static node => node.Name));
        Assert.Equal("numbers: produces items", noted.Run!.Describe().Split('\n')[0].Split(';')[0]);
        Assert.Equal([null, "run 1"], marks.Order()); // what the host has changed in the context is for the run
        Assert.False(noted.HasEnded);
        go.Set();
        await Wait.For(run.Completion);
        Assert.True(noted.HasEnded);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_cancels_the_runs_that_are_started_on_it(bool isStarted)
    {
        using var host = new NotingHost();
        var begun = new Signal();
        var pipeline = Source.Create<int>(async (_, token) =>
        {
            begun.Set();
            await Task.Delay(Timeout.Infinite, token);
        }).To(Sink.Count<int>());
        using var own = new CancellationTokenSource();
        var run = host.Do(async () => isStarted ? await (await pipeline.StartAsync(cancellationToken: own.Token)).Completion : await pipeline.RunAsync(own.Token));
        await Wait.For(begun.Task);
        host.Stop.Cancel();

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(host.Stop.Token, canceled.CancellationToken);
        Assert.True(Assert.Single(host.Runs).HasEnded);
    }

    [Fact]
    public async Task Where_the_host_is_canceled_already_or_the_run_cannot_be_made_it_ends_at_once()
    {
        using var host = new NotingHost();
        await Assert.ThrowsAsync<ArgumentException>(() => Wait.For(host.Do(() => Source.From([1]).To(Sink.Count<int>()).RunAsync(new RunOptions { Placement = { ["none"] = Env.Thread() } }))));
        host.Stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(host.Do(() => Source.From([1]).To(Sink.Count<int>()).RunAsync())));

        Assert.Equal([true, true], host.Runs.Select(static run => run.HasEnded));
        Assert.All(host.Runs, static run => Assert.Null(run.Run));
    }

    [Fact]
    public async Task A_run_that_is_started_at_a_host_which_takes_no_part_runs_there_too()
    {
        using var host = new NotingHost { TakesPart = false };
        var threads = await Wait.For(host.Do(async () => await (await Source.From([1]).Select(static _ => Environment.CurrentManagedThreadId).To(Sink.ToList<int>()).StartAsync()).Completion));

        Assert.Equal([host.ThreadId], threads);
        Assert.Empty(host.Runs);
    }

    /// <summary>A thread that runs strands, and notes the runs that are started on it.</summary>
    private sealed class NotingHost : StrandHost, IRunHost, IDisposable
    {
        private readonly BlockingCollection<Action> _actions = [];
        private readonly Thread _thread;

        internal NotingHost()
        {
            _thread = new(RunAll) { IsBackground = true };
            _thread.Start();
        }

        internal bool TakesPart { get; init; } = true;

        internal int ThreadId => _thread.ManagedThreadId;

        internal ConcurrentQueue<Noted> Runs { get; } = new();

        internal CancellationTokenSource Stop { get; } = new();

        public override bool IsHere => ReferenceEquals(Thread.CurrentThread, _thread);

        public override void Post(StrandTurn turn) => _actions.Add(turn.Run);

        public HostedRun? BeginRun(PipelineGraph graph)
        {
            if (!TakesPart)
            {
                return null;
            }

            var noted = new Noted(graph, Stop.Token);
            Runs.Enqueue(noted);
            s_mark.Value = $"run {Runs.Count}";
            return noted;
        }

        public void Dispose()
        {
            _actions.CompleteAdding();
            _thread.Join();
            _actions.Dispose();
            Stop.Dispose();
        }

        /// <summary>Begins something on the thread.</summary>
        internal Task<T> Do<T>(Func<Task<T>> action)
        {
            var task = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
            _actions.Add(() => ExecutionContext.Run(ExecutionContext.Capture()!, _ =>
            {
                try
                {
                    task.SetResult(action());
                }
                catch (Exception error)
                {
                    task.SetException(error);
                }
            }, null));
            return task.Task.Unwrap();
        }

        private void RunAll()
        {
            Current = this;
            foreach (var action in _actions.GetConsumingEnumerable())
            {
                action();
            }
        }
    }

    private sealed class Noted(PipelineGraph graph, CancellationToken token) : HostedRun
    {
        private volatile bool _hasEnded;

        internal PipelineGraph Graph => graph;

        internal bool HasEnded => _hasEnded;

        public override CancellationToken Cancellation => token;

        public override void End()
        {
            Assert.False(_hasEnded);
            _hasEnded = true;
        }
    }
}
