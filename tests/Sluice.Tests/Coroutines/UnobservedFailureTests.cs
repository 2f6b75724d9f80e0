using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>A failure that no one looks at is reported as that of a task is; one that someone has seen is not.</summary>
/// <remarks>Each case is told apart by the message of its exception. A task with the same fate is the control.</remarks>
public sealed class UnobservedFailureTests
{
    public static TheoryData<string> Lost => [.. s_lost.Keys];

    public static TheoryData<string> Seen => [.. s_seen.Keys];

    private static readonly Dictionary<string, Func<Exception, Task>> s_lost = new()
    {
        ["a task, as a control"] = static error =>
        {
            _ = Task.FromException(error);
            return Task.CompletedTask;
        },
        ["a coroutine that fails at once"] = static error =>
        {
            _ = FailAfter(Task.CompletedTask, error);
            return Task.CompletedTask;
        },
        ["a coroutine that waits first"] = static async error =>
        {
            var signal = new Signal();
            _ = FailAfter(signal.Task, error);
            signal.Set();
            await Task.Yield();
        },
        ["a target that fails before its first receive"] = static error =>
        {
            _ = Target.Start<int>(_ => FailAfter(Task.CompletedTask, error));
            return Task.CompletedTask;
        },
        ["a target that fails while no one sends"] = static async error =>
        {
            var signal = new Signal();
            var target = Target.Start<int>(_ => FailAfter(signal.Task, error));
            signal.Set();
            await Wait.Until(() => target.Status == CoroutineStatus.Faulted, "the failure");
        },
        ["a target with a result"] = static error =>
        {
            _ = Target.Start<int, int>(async _ =>
            {
                await FailAfter(Task.CompletedTask, error);
                return 1;
            });
            return Task.CompletedTask;
        },
        ["the child of a target, after its end"] = static async error =>
        {
            var signal = new Signal();
            var target = Target.Start<int>(async inbox =>
            {
                _ = FailAfter(signal.Task, error);
                await Stages.Drain(inbox);
            });
            await target.CloseAsync();
            signal.Set();
        },
        ["a send that no one awaits"] = static async error =>
        {
            var signal = new Signal();
            var target = Target.Start<int>(async inbox =>
            {
                await inbox.ReceiveAsync();
                await FailAfter(signal.Task, error);
            });
#pragma warning disable CA2012 // that no one awaits it is the point
            _ = target.SendAsync(1);
#pragma warning restore CA2012
            signal.Set();
            await Wait.Until(() => target.Status == CoroutineStatus.Faulted, "the failure");
        },
        ["a child that no one awaits and that fails after the run"] = static async error =>
        {
            var signal = new Signal();
            await Source.From([1]).To(async items =>
            {
                await foreach (var item in items)
                {
                    _ = FailAfter(signal.Task, error);
                }
            }).RunAsync();
            signal.Set();
        },
        ["a target in a stage that fails after the run"] = static async error =>
        {
            var signal = new Signal();
            await Source.From([1]).To(async items =>
            {
                await foreach (var item in items)
                {
                    _ = Target.Start<int>(_ => FailAfter(signal.Task, error));
                }
            }).RunAsync();
            signal.Set();
        },
        ["a run"] = static error =>
        {
            _ = Source.From([1]).Select<int, int>(_ => throw error).To(Stages.Drain).RunAsync();
            return Task.CompletedTask;
        },
        ["a run that was started"] = static async error =>
        {
            var run = await Source.From([1]).Select<int, int>(_ => throw error).To(Stages.Drain).StartAsync();
            await Wait.Until(() => run.Nodes.All(static node => node.HasEnded), "the end of the run");
        },
        ["a run that was started in several places"] = static async error =>
        {
            var run = await Source.From([1]).On(Env.Thread()).Select<int, int>(_ => throw error).To(Stages.Drain).StartAsync();
            await Wait.Until(() => run.Nodes.All(static node => node.HasEnded), "the end of the run");
        },
    };

    private static readonly Dictionary<string, Func<Exception, Task>> s_seen = new()
    {
        ["a coroutine that is awaited"] = static error => See(async () => await FailAfter(Task.CompletedTask, error)),
        ["a coroutine that is awaited after it has failed"] = static error => See(async () =>
        {
            var child = FailAfter(Task.CompletedTask, error);
            await Task.Yield();
            await child;
        }),
        ["a target whose completion is awaited"] = static error => See(async () => await Target.Start<int>(_ => FailAfter(Task.CompletedTask, error)).Completion),
        ["a target that tells its next sender"] = static error => See(async () => await Target.Start<int>(_ => FailAfter(Task.CompletedTask, error)).SendAsync(1)),
        ["a send that is awaited"] = static error => See(async () => await Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await FailAfter(Task.CompletedTask, error);
        }).SendAsync(1)),
        ["a send that is awaited after it has failed"] = static error => See(async () =>
        {
            var signal = new Signal();
            var target = Target.Start<int>(async inbox =>
            {
                await inbox.ReceiveAsync();
                await FailAfter(signal.Task, error);
            });
            var sent = target.SendAsync(1);
            signal.Set();
            await Wait.Until(() => target.Status == CoroutineStatus.Faulted, "the failure");
            await sent;
        }),
        ["a child that no one awaits, of a run that is awaited"] = static error => See(() => Source.From([1]).To(async items =>
        {
            await foreach (var item in items)
            {
                _ = FailAfter(Task.CompletedTask, error);
            }
        }).RunAsync()),
        ["a stage that fails, of a run that is awaited"] = static error => See(() => Source.From([1, 2, 3]).Through<int>(async (items, next) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            await FailAfter(Task.CompletedTask, error);
        }).To(Stages.Drain).RunAsync()),
        ["a failure that a policy handles"] = static error => Source.From([1]).Through(Stage.Select<int, int>(_ => throw error).OnError(ErrorPolicy.Skip)).To(Stages.Drain).RunAsync(),
        ["a call of SelectAsync"] = static error => See(() => Source.From([1, 2]).SelectAsync<int, int>(async (_, _) =>
        {
            await Task.Yield();
            throw error;
        }, 2).To(Stages.Drain).RunAsync()),
    };

    [Theory]
    [MemberData(nameof(Lost))]
    public async Task A_failure_that_no_one_looks_at_is_reported(string how)
    {
        using var reports = new Reports();

        await Begin(s_lost[how], how);

        await Wait.Until(() => reports.HasCollected(how), $"the report of {how}");
    }

    [Theory]
    [MemberData(nameof(Seen))]
    public async Task A_failure_that_someone_has_seen_is_not_reported(string how)
    {
        using var reports = new Reports();

        await Begin(s_seen[how], how);
        for (var i = 0; i < 3; i++)
        {
            var control = $"{how}, control {i}";
            await Begin(s_lost["a task, as a control"], control);
            await Wait.Until(() => reports.HasCollected(control), "the report of the control");
        }

        Assert.False(reports.HasCollected(how));
    }

    /// <summary>So that nothing of it stays in a local of the test.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task Begin(Func<Exception, Task> begin, string message) => Wait.For(Task.Run(() => begin(new FormatException(message))));

    private static async Task See(Func<Task> act) => Assert.NotNull(await Record.ExceptionAsync(act));

    private static async Coroutine FailAfter(Task task, Exception error)
    {
        await task.ConfigureAwait(false);
        throw error;
    }

    private sealed class Reports : IDisposable
    {
        private readonly ConcurrentDictionary<string, bool> _messages = new();

        internal Reports() => TaskScheduler.UnobservedTaskException += Note;

        public void Dispose() => TaskScheduler.UnobservedTaskException -= Note;

        internal bool HasCollected(string message)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return _messages.ContainsKey(message);
        }

        private void Note(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            foreach (var error in args.Exception.Flatten().InnerExceptions)
            {
                _messages[error.Message] = true;
            }
        }
    }
}
