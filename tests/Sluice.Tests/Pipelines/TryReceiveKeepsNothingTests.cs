using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Receives leave nothing with the tasks that bound them: a task that never ends keeps all that it is given.</summary>
public sealed class TryReceiveKeepsNothingTests
{
    private const int Receives = 10_000;
    private const int Few = 8;

    private readonly List<string> _log = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Receives_until_the_end_of_some_tasks_by_turns_leave_next_to_nothing_with_any(int tasks)
    {
        await NoContext.Enter(); // a task then calls what waits for it at once
        var ends = NewEnds(tasks);
        var target = Target.Start<int>(items => ByTurns(items, ends));
        for (var i = 0; i < Receives; i++)
        {
            target.SendNow(i);
        }

        Assert.All(ends, static end => Assert.InRange(Continuations(end.Task), 0, Few));
        Assert.InRange(ends.Sum(static end => Continuations(end.Task)), 1, Few);

        target.CloseNow();

        Assert.Equal(0, ends.Sum(static end => Continuations(end.Task)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Each_of_them_still_ends_the_receive_that_waits_for_it(int tasks)
    {
        await NoContext.Enter(); // a task then calls what waits for it at once
        for (var last = 0; last < tasks; last++)
        {
            _log.Clear();
            var ends = NewEnds(tasks);
            var target = Target.Start<int>(items => ByTurns(items, ends));
            for (var i = 0; i < (10 * tasks) + last; i++)
            {
                target.SendNow(i);
            }

            ends[(last + 1) % tasks].SetResult();
            Assert.Equal(tasks == 1 ? ["late"] : [], _log);
            ends[last].TrySetResult();
            Assert.Equal(["late"], _log);
        }
    }

    [Fact]
    public async Task Tasks_that_were_waited_for_once_can_be_collected_though_they_never_end()
    {
        await NoContext.Enter(); // what is taken back is then let go at once
        var (target, seen) = Fill();

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.InRange(seen.Count(static task => task.IsAlive), 0, Few);
        target.CloseNow();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static (CoroutineTarget<int> Target, List<WeakReference> Seen) Fill()
        {
            var seen = new List<WeakReference>();
            var target = Target.Start<int>(async items =>
            {
                while (true)
                {
                    var end = new TaskCompletionSource();
                    seen.Add(new(end.Task));
                    if ((await items.TryReceiveAsync(end.Task)).IsClosed)
                    {
                        break;
                    }
                }
            });
            for (var i = 0; i < Receives; i++)
            {
                target.SendNow(i);
            }

            return (target, seen);
        }
    }

    [Fact]
    public async Task A_task_that_never_ends_does_not_keep_a_run_that_has_ended()
    {
        var end = new TaskCompletionSource();
        var state = await Run(end.Task);

        await Wait.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return !state.IsAlive;
            },
            "the end of what the stage's lambda has captured"); // the thread that ended the run may still be on its way back
        GC.KeepAlive(end);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task<WeakReference> Run(Task until)
        {
            var state = new List<int>();
            await Wait.For(Source.From([1, 2, 3]).To(Sink.Create<int>(async items =>
            {
                while (await items.TryReceiveAsync(until) is { IsClosed: false } received)
                {
                    state.Add(received.Item);
                }
            })).RunAsync());
            return new(state);
        }
    }

    private static TaskCompletionSource[] NewEnds(int count) => [.. Enumerable.Range(0, count).Select(static _ => new TaskCompletionSource())];

    private async Coroutine ByTurns(Inbox<int> items, TaskCompletionSource[] ends)
    {
        for (var i = 0; ; i++)
        {
            var received = await items.TryReceiveAsync(ends[i % ends.Length].Task);
            if (!received.IsItem)
            {
                _log.Add(received.IsClosed ? "closed" : "late");
                break;
            }
        }
    }

    /// <summary>The continuations of a task.</summary>
    private static int Continuations(Task task)
    {
        var field = typeof(Task).GetField("m_continuationObject", BindingFlags.Instance | BindingFlags.NonPublic);
        Assert.NotNull(field);
        return field.GetValue(task) switch
        {
            null => 0,
            List<object?> list => list.Count(static continuation => continuation is not null),
            _ => 1,
        };
    }
}
