using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>The ways to end a run in which a stage waits with its token.</summary>
public enum EndOfRun
{
    /// <summary>A source beside the stage fails.</summary>
    FailureBeside,

    /// <summary>Another input of a node before the stage fails.</summary>
    FailureBefore,

    /// <summary>Behind the stage nothing is taken any more.</summary>
    Take,

    /// <summary>Behind the stage a time-out fails.</summary>
    Timeout,

    /// <summary>The run is cancelled.</summary>
    Cancel,

    /// <summary>The run is stopped.</summary>
    Stop,
}

/// <summary>A run that stands still until the test ends it: three items were sent, a stage waits with its token, the clock stands.</summary>
internal sealed class EndingRun(EndOfRun end)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly Channel<int> _items = NewChannel();
    private readonly Channel<int> _others = NewChannel();
    private readonly Channel<int> _trigger = NewChannel();
    private readonly FakeTimeProvider _clock = new();
    private readonly IOException _failure = new("The trigger has failed.");
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The test ends the run of this source: behind an input that fails, if that is the end.</summary>
    internal Source<int> Items => end == EndOfRun.FailureBefore ? Source.From(_items.Reader).Merge(Trigger) : Source.From(_items.Reader);

    /// <summary>For operators of several sources.</summary>
    internal Source<int> Others => Source.From(_others.Reader);

    internal TimeProvider Clock => _clock;

    private static Sink<int> Everything => Sink.Create<int>(Stages.Drain);

    private Source<int> Trigger => Source.From(_trigger.Reader);

    /// <summary>A stage that waits with its token at its first item.</summary>
    internal async Coroutine Wait(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await WaitWith(items.Cancellation);
            await next.SendAsync(item);
        }
    }

    /// <summary>Waits until the token is cancelled.</summary>
    internal async Task<int> WaitWith(CancellationToken cancellation)
    {
        NoteWait();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        return 0;
    }

    internal void NoteWait() => _waits.TrySetResult();

    /// <summary>Ends the run in the way that was asked for, and holds the outcome.</summary>
    internal Task EndAsync(Source<int> source, bool isAnywhere = false) => EndAsync(
        end switch
        {
            EndOfRun.FailureBeside => source.Merge(Trigger).To(Everything),
            EndOfRun.Take => source.Merge(Trigger).Take(1).To(Everything),
            EndOfRun.Timeout => source.Timeout(s_limit).To(Everything),
            _ => source.To(Everything),
        },
        isAnywhere);

    /// <summary>The same for a sink, which is beside what ends the run.</summary>
    internal Task EndAsync(Sink<int> sink) => EndAsync(Items.To(end switch
    {
        EndOfRun.FailureBeside => Sink.Broadcast(Failing, sink),
        EndOfRun.Timeout => Sink.Broadcast(Stage.Timeout<int>(s_limit) | Sink.ForEach<int>(static _ => { }), sink),
        _ => sink,
    }));

    /// <summary>The same for a pipeline that ends in several sinks of its own.</summary>
    internal async Task EndAsync(Pipeline pipeline, bool isAnywhere = false)
    {
        using var cancel = new CancellationTokenSource();
        var options = new RunOptions { TimeProvider = _clock };
        var run = end == EndOfRun.Stop ? await Tests.Wait.For(pipeline.StartAsync(options), "the start of the run") : null;
        var task = run?.Completion ?? pipeline.RunAsync(options, cancel.Token);
        foreach (var item in Enumerable.Range(1, 3))
        {
            Assert.True(_items.Writer.TryWrite(item));
            Assert.True(_others.Writer.TryWrite(item));
        }

        if (isAnywhere)
        {
            await Tests.Wait.For(_waits.Task, "the stage that waits with its token");
        }

        Assert.False(task.IsCompleted, $"The run ended before it was ended: {task.Exception?.InnerException}");
        var ended = () => Tests.Wait.For(task, $"the end of the run by: {end}");
        switch (end)
        {
            case EndOfRun.FailureBeside or EndOfRun.FailureBefore:
                _trigger.Writer.Complete(_failure);
                Assert.Same(_failure, await Assert.ThrowsAsync<IOException>(ended));
                AssertNoOther(task);
                break;
            case EndOfRun.Take:
                Assert.True(_trigger.Writer.TryWrite(7));
                await ended();
                break;
            case EndOfRun.Timeout:
                _clock.Advance(s_limit);
                await Assert.ThrowsAsync<TimeoutException>(ended);
                AssertNoOther(task);
                break;
            case EndOfRun.Cancel:
                await cancel.CancelAsync();
                Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(ended)).CancellationToken);
                break;
            case EndOfRun.Stop:
                var stopped = run!.StopAsync(s_limit);
                _clock.Advance(s_limit);
                await Tests.Wait.For(stopped, "the end of StopAsync");
                Assert.False(task.IsFaulted, $"{task.Exception?.InnerException}");
                break;
            default:
                throw new InvalidOperationException($"There is no such end: {end}");
        }
    }

    /// <summary>Only what ended the run is a failure of it, and an item that was to be tried again.</summary>
    private static void AssertNoOther(Task run) => Assert.All(run.Exception!.InnerExceptions.Skip(1), other => Assert.IsType<FormatException>(other));

    /// <summary>A branch that takes items, and fails when the trigger does.</summary>
    private Sink<int> Failing => Sink.Create<int>(async items =>
    {
        var failed = _trigger.Reader.Completion;
        while (!(await items.TryReceiveAsync(failed)).IsClosed)
        {
            if (failed.IsCompleted)
            {
                await failed;
            }
        }
    }, "Failing");

    private static Channel<int> NewChannel() => Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
}
