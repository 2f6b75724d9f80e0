using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class MergeSetTests
{
    private readonly MergeSet<int> _set = new();
    private readonly List<string> _notes = [];
    private readonly List<int> _seen = [];

    [Fact]
    public async Task Sources_come_and_go_and_it_ends_when_the_set_is_completed_and_all_have_ended()
    {
        var (a, b, c) = (new Pushed("a", _notes), new Pushed("b", _notes), new Pushed("c", _notes));
        var first = _set.Add(a.Source);
        var run = Start();
        a.Push(1);
        await Seen(1);
        var second = _set.Add(b.Source);
        b.Push(2);
        await Seen(1, 2);
        a.End();
        await Wait.For(first.Completion);
        _set.Complete();
        _set.Complete();
        Assert.False(run.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => _set.Add(c.Source));
        b.End();

        await Wait.For(run);
        await Wait.For(second.Completion);
        Assert.Equal([1, 2], _seen);
        Assert.Equal(["a", "b"], _notes);
    }

    [Fact]
    public async Task A_source_that_is_removed_has_ended_with_its_finally_blocks()
    {
        var (a, b) = (new Pushed("a", _notes), new Pushed("b", _notes));
        var run = Start();
        var removed = _set.Add(a.Source.Named("going"));
        var other = _set.Add(b.Source);
        a.Push(1);
        await Seen(1);

        await Wait.For(removed.RemoveAsync());
        Assert.Equal(["a"], _notes);
        Assert.True(removed.Completion.IsCompletedSuccessfully);
        Assert.Equal("going", removed.Name);
        await Wait.For(removed.RemoveAsync());
        a.Push(2);
        b.Push(3);
        await Seen(1, 3);
        _set.Complete();
        b.End();

        await Wait.For(run);
        Assert.True(other.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_source_that_is_removed_before_the_run_never_starts()
    {
        var numbers = new Numbers();
        var removed = _set.Add(Source.From(numbers.Endless()));
        await Wait.For(removed.RemoveAsync());
        _set.Add(Source.From([1, 2]));
        _set.Complete();

        await Wait.For(Start());
        Assert.Equal([1, 2], _seen);
        Assert.Equal(0, numbers.Produced);
    }

    [Fact]
    public async Task A_source_that_fails_fails_the_run_and_ends_the_others()
    {
        var (cause, a, b) = (new FormatException(), new Pushed("a", _notes), new Pushed("b", _notes));
        var run = Start();
        var (failing, other) = (_set.Add(a.Source), _set.Add(b.Source));
        b.Push(1);
        await Seen(1);
        a.Fail(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(failing.Completion)));
        Assert.Equal(("Merge", "a"), (cause.Data["Sluice.Stage"], cause.Data["Sluice.InnerStage"]));
        Assert.True(other.Completion.IsCompleted);
        Assert.Equal(["a", "b"], _notes.Order());
        Assert.Throws<InvalidOperationException>(() => _set.Add(a.Source));
    }

    [Fact]
    public async Task A_source_that_fails_is_dropped_if_the_set_says_so_and_its_completion_tells()
    {
        var set = new MergeSet<int>(FailedMember.Drop);
        var (cause, a, b) = (new FormatException(), new Pushed("a", _notes), new Pushed("b", _notes));
        var run = Source.Merge(set).To(Sink.ForEach<int>(Note)).RunAsync();
        var (failing, placed, other) = (set.Add(a.Source), set.Add(Source.From([7]).On(Env.Thread()).Select(x => x)), set.Add(b.Source));
        a.Fail(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(failing.Completion)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(placed.Completion));
        b.Push(1);
        await Seen(1);
        set.Complete();
        b.End();
        await Wait.For(run);
        Assert.True(other.Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_source_that_cannot_start_fails_the_run_and_its_completion_too()
    {
        var member = _set.Add(Source.From([7]).On(Env.Thread()).Select(x => x));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(Start()));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(member.Completion)));
    }

    [Fact]
    public async Task A_failure_behind_it_is_no_failure_of_a_source()
    {
        var set = new MergeSet<int>(FailedMember.Drop);
        var member = set.Add(Source.From([1]));
        var run = Source.Merge(set).To(Sink.ForEach<int>(_ => throw new FormatException()).Named("bad")).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.True(member.Completion.IsCompleted);
    }

    [Fact]
    public async Task An_early_end_behind_it_ends_all_sources()
    {
        var (a, b) = (new Pushed("a", _notes), new Pushed("b", _notes));
        _set.Add(a.Source);
        _set.Add(b.Source);
        var run = Source.Merge(_set).Take(1).To(Sink.ForEach<int>(Note)).RunAsync();
        a.Push(1);

        await Wait.For(run);
        Assert.Equal(["a", "b"], _notes.Order());
    }

    [Fact]
    public async Task Stopping_the_run_stops_its_sources_and_what_is_under_way_goes_through()
    {
        var signal = new Signal();
        var numbers = new Numbers();
        _set.Add(Source.From(numbers.Endless()).Buffer(3));
        var run = await Wait.For(Source.Merge(_set).To(Sink.ForEach<int>(async (item, _) =>
        {
            Note(item);
            await signal.Task;
        })).StartAsync());
        await Seen(1);

        var stopped = run.StopAsync(Timeout.InfiniteTimeSpan);
        signal.Set();

        Assert.True((await Wait.For(stopped)).IsClean);
        Assert.Equal(numbers.Produced, _seen.Count);
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task A_cancellation_ends_all_sources()
    {
        using var stop = new CancellationTokenSource();
        var a = new Pushed("a", _notes);
        var member = _set.Add(a.Source);
        var run = Source.Merge(_set).To(Sink.ForEach<int>(Note)).RunAsync(stop.Token);
        a.Push(1);
        await Seen(1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        await Wait.For(member.Completion);
        Assert.Equal(["a"], _notes);
    }

    [Fact]
    public async Task A_set_serves_one_run()
    {
        _set.Complete();
        await Wait.For(Start());

        await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(Start()));
        Assert.Throws<ArgumentNullException>("set", () => Source.Merge((MergeSet<int>)null!));
        Assert.Throws<ArgumentNullException>("source", () => new MergeSet<int>().Add(null!));
        Assert.Throws<ArgumentOutOfRangeException>("onFailure", () => new MergeSet<int>((FailedMember)7));
    }

    [Fact]
    public async Task Many_threads_may_add_and_remove_while_it_runs()
    {
        var run = Start();
        await Wait.For(Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                var member = _set.Add(Source.From([thread]));
                if (i % 3 == 0)
                {
                    await member.RemoveAsync();
                }
                else
                {
                    await member.Completion;
                }
            }
        }))));
        _set.Complete();

        await Wait.For(run);
        Assert.All(Enumerable.Range(0, 4), thread => Assert.InRange(_seen.Count(item => item == thread), 133, 200));
    }

    private Task Start() => Source.Merge(_set).To(Sink.ForEach<int>(Note)).RunAsync();

    private void Note(int item)
    {
        lock (_seen)
        {
            _seen.Add(item);
        }
    }

    private Task Seen(params int[] items) => Wait.Until(
        () =>
        {
            lock (_seen)
            {
                return _seen.SequenceEqual(items);
            }
        },
        $"the items {string.Join(", ", items)}");
}
