using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The contract of every sink with a result. Derived once for each; the items are 1, 2, 3 and so on.</summary>
public abstract class SinkContract<TResult>
{
    protected abstract Sink<int, TResult> Create();

    /// <summary>The text that a graph shows for it, written in place in the derived class.</summary>
    protected abstract (string Name, string? Detail) Shown { get; }

    /// <summary>The result if these items come in; there is at least one.</summary>
    protected abstract TResult Expected(IReadOnlyList<int> items);

    /// <summary>The number of items that it takes before it ends by itself.</summary>
    protected virtual int ItemsTaken => int.MaxValue;

    /// <summary>An item that it waits for, after any items before: the third, or the last that it takes.</summary>
    protected int SomeItem => Math.Min(3, ItemsTaken);

    protected static int[] Items(int count) => [.. Enumerable.Range(1, count)];

    protected static Task<T> ResultOf<TIn, T>(IEnumerable<TIn> items, Sink<TIn, T> sink) => Wait.For(Source.From(items).To(sink).RunAsync());

    [Fact]
    public async Task However_many_items_come_the_result_is_that_of_all()
    {
        foreach (var count in (int[])[1, 2, 3, 7, 1000])
        {
            Assert.Equal(Expected(Items(count)), await ResultOf(Items(count), Create()));
        }
    }

    [Fact]
    public async Task The_result_is_the_same_when_the_source_waits_at_each_item()
    {
        Assert.Equal(Expected(Items(7)), await Wait.For(Source.From(Waiting()).To(Create()).RunAsync()));

        static async IAsyncEnumerable<int> Waiting()
        {
            foreach (var item in Items(7))
            {
                await Task.Yield();
                yield return item;
            }
        }
    }

    [Fact]
    public async Task Each_run_begins_anew()
    {
        var pipeline = Source.From(Items(7)).To(Create());

        Assert.Equal(Expected(Items(7)), await Wait.For(pipeline.RunAsync()));
        Assert.Equal(Expected(Items(7)), await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task As_a_branch_it_leaves_the_items_to_the_others_too()
    {
        var seen = new List<int>();
        await Wait.For(Source.From(Items(7)).Broadcast(Create(), Sink.ForEach<int>(seen.Add)).RunAsync());

        Assert.Equal(Items(7), seen);
    }

    [Fact]
    public async Task A_failure_before_it_is_the_runs_instead_of_a_result()
    {
        var cause = new FormatException();
        var run = Source.From(Items(7).Select(x => Stages.ThrowAt(x, SomeItem, cause))).Named("bad").To(Create()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_run_that_waits_is_canceled_and_has_no_result()
    {
        using var stop = new CancellationTokenSource();
        var channel = Channel.CreateUnbounded<int>();
        foreach (var item in Items(SomeItem - 1))
        {
            channel.Writer.TryWrite(item);
        }

        var run = Source.From(channel.Reader).To(Create()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    [Fact]
    public async Task A_graph_shows_what_was_written_and_a_name_or_another_text_changes_only_that()
    {
        var sink = Create();
        var (node, renamed) = (NodeOf(sink), sink.Described("else").Named("other"));

        Assert.Equal(Shown, (node.Name, node.Detail));
        Assert.Equal(("other", "else"), (NodeOf(renamed).Name, NodeOf(renamed).Detail));
        Assert.Equal(("other", null), (NodeOf(renamed.Described(null)).Name, NodeOf(renamed.Described(null)).Detail));
        Assert.Equal(Expected(Items(7)), await ResultOf(Items(7), renamed));

        static GraphNode NodeOf(Sink<int> sink) => Source.From([1]).To(sink).Graph.Nodes[^1];
    }
}

/// <summary>The same for a sink that calls code of its user.</summary>
public abstract class SinkWithCodeContract<TResult> : SinkContract<TResult>
{
    /// <summary>The sink, whose code looks at each item with <paramref name="look"/>: that gives back the item or throws.</summary>
    protected abstract Sink<int, TResult> Create(Func<int, int> look);

    protected sealed override Sink<int, TResult> Create() => Create(static item => item);

    [Fact]
    public async Task An_error_in_its_own_code_is_a_failure_of_the_sink()
    {
        var (numbers, cause) = (new Numbers(), new FormatException());
        var run = Source.From(numbers.Endless()).To(Create(item => Stages.ThrowAt(item, SomeItem, cause)).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal((SomeItem, 1), (numbers.Produced, numbers.Ended));
    }
}
