using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>No exception is swallowed, and none is left for the finalizer to find.</summary>
public sealed class Rule12LostFailureTests
{
    private static readonly int[] s_items = [.. Enumerable.Range(0, 100)];

    [Fact]
    public async Task Rule_12_a_child_that_failed_and_was_never_awaited_is_reported_at_the_end()
    {
        var list = new List<int>();
        var children = new List<Coroutine>();
        var run = Source.From([1, 2, 3]).To(async items =>
        {
            await foreach (var item in items)
            {
                children.Add(FailAt(item, 2));
                list.Add(item);
            }
        }).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Contains(nameof(FailAt), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], list);
    }

    [Fact]
    public async Task Rule_12_a_child_that_failed_is_not_reported_if_it_was_awaited_later()
    {
        var list = new List<int>();
        await Wait.For(Source.From([1, 2, 3]).To(async items =>
        {
            var child = FailAt(2, 2);
            await Stages.Collect(items, list);
            await Assert.ThrowsAsync<FormatException>(async () => await child);
        }).RunAsync());

        Assert.Equal([1, 2, 3], list);
    }

    [Fact]
    public async Task Rule_12_a_second_failure_is_kept_behind_the_first()
    {
        var (first, second) = (new FormatException("first"), new NotSupportedException("second"));
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            try
            {
                await Stages.Pass(items, next);
            }
            finally
            {
                Stages.ThrowAt(1, 1, second);
            }
        }, "later").To(async items =>
        {
            await items.ReceiveAsync();
            throw first;
        }, "earlier").RunAsync();

        Assert.Same(first, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([first, second], run.Exception!.InnerExceptions);
        Assert.Equal(("earlier", "later"), (first.Data["Sluice.Stage"], second.Data["Sluice.Stage"]));
    }

    [Fact]
    public async Task Rule_12_no_failed_run_leaves_an_unobserved_task()
    {
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            lock (unobserved)
            {
                unobserved.AddRange(e.Exception.Flatten().InnerExceptions.OfType<MarkedException>());
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await FailInManyWays();
            AbandonATask();
            for (var i = 0; i < 10 && unobserved.Count == 0; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Equal("control", Assert.Single(unobserved).Message);
    }

    [Fact]
    public async Task Rule_12_a_failure_in_a_chunk_of_an_array_tells_the_index_of_the_item()
    {
        var run = Source.From(s_items).To(async items =>
        {
            await foreach (var item in items)
            {
                Stages.ThrowAt(item, 42, new FormatException());
            }
        }, "failing").RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("failing", error.Data["Sluice.Stage"]);
        Assert.Equal(42L, Convert.ToInt64(error.Data["Sluice.Item"], null));
    }

    [Fact]
    public async Task Rule_12_a_failure_in_a_chunk_tells_the_index_also_when_the_receiver_waited_in_between()
    {
        var run = Source.From(s_items).To(async items =>
        {
            await foreach (var item in items)
            {
                await Task.Yield();
                Stages.ThrowAt(item, 42, new FormatException());
            }
        }).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(42L, Convert.ToInt64(error.Data["Sluice.Item"], null));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task FailInManyWays()
    {
        await Assert.ThrowsAsync<MarkedException>(() => Wait.For(Source.From(s_items).To(Fail).RunAsync()));
        await Assert.ThrowsAsync<MarkedException>(() => Wait.For(Source.From(s_items.Select(x => x)).To(FailLater).RunAsync()));
        await Assert.ThrowsAsync<MarkedException>(() => Wait.For(Source.From(s_items).Broadcast(
            Sink.ToList<int>(), Stage.Create<int, int>(Stages.Pass) | Sink.Create<int>(FailLater)).RunAsync()));
        await Assert.ThrowsAsync<MarkedException>(() => Wait.For(Source.From(s_items).To(FailInUnawaitedChild).RunAsync()));

        static async Coroutine Fail(Inbox<int> items)
        {
            await items.ReceiveAsync();
            throw new MarkedException("sink");
        }

        static async Coroutine FailLater(Inbox<int> items)
        {
            await items.ReceiveAsync();
            await Task.Yield();
            throw new MarkedException("later");
        }

        static async Coroutine FailChild()
        {
            await ValueTask.CompletedTask;
            throw new MarkedException("child");
        }

        static async Coroutine FailInUnawaitedChild(Inbox<int> items)
        {
            var child = FailChild();
            await Stages.Collect(items, []);
            GC.KeepAlive(child);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AbandonATask() => Task.FromException(new MarkedException("control"));

    private static async Coroutine FailAt(int item, int bad)
    {
        await ValueTask.CompletedTask;
        Stages.ThrowAt(item, bad, new FormatException("child"));
    }

    private sealed class MarkedException(string message) : Exception(message);
}
