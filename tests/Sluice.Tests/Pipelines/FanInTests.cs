namespace Sluice.Tests;

/// <summary>Nodes with several inboxes that are written as coroutines.</summary>
public sealed class FanInTests
{
    private readonly List<string> _notes = [];
    private readonly Pushed _a;
    private readonly Pushed _b;

    public FanInTests() => (_a, _b) = (new("a", _notes), new("b", _notes));

    [Fact]
    public async Task A_body_receives_from_whichever_inbox_it_wants_and_the_types_may_differ()
    {
        var source = Source.FanIn<int, string, string>(Source.From([2, 0, 1]), Source.From(["x", "y", "z", "never"]), async (counts, texts, next) =>
        {
            await foreach (var count in counts)
            {
                for (var i = 0; i < count; i++)
                {
                    await next.SendAsync($"{count}{await texts.ReceiveAsync()}");
                }
            }
        });

        Assert.Equal(["2x", "2y", "1z"], await Wait.For(source.To(Sink.ToList<string>()).RunAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_says_that_it_waits_at_whichever_inbox_that_is(bool atFirst)
    {
        var pipeline = Source.FanIn<int, int, int>(_a.Source, _b.Source, async (first, second, next) => await next.SendAsync(await (atFirst ? first : second).ReceiveAsync()), "waiting")
            .To(Sink.ToList<int>());
        var run = await Wait.For(pipeline.StartAsync());

        Assert.Equal("waits for an item", Assert.Single(run.Nodes, node => node.Name == "waiting").State);
        _a.Push(1);
        _b.Push(2);
        Assert.Equal([atFirst ? 1 : 2], await Wait.For(run.Completion));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_receive_from_any_closed_inbox_may_escape_as_a_normal_end(int closed)
    {
        var sources = Enumerable.Range(0, 3).Select(i => i == closed ? Source.From(Array.Empty<int>()) : Source.From(new Numbers().Endless())).ToArray();
        var run = Source.FanIn<int, int>(sources, async (inboxes, next) =>
        {
            while (true)
            {
                foreach (var inbox in inboxes)
                {
                    await next.SendAsync(await inbox.ReceiveAsync());
                }
            }
        }).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal(Enumerable.Repeat(1, closed), await Wait.For(run));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_waits_at_the_other_inbox_gets_the_failure_of_a_source_and_may_catch_it_and_go_on_sending(bool failFirst)
    {
        var cause = new FormatException();
        var seen = new List<int>();
        var run = Source.FanIn<int, int, int>(_a.Source, _b.Source, async (first, second, next) =>
        {
            foreach (var inbox in failFirst ? [second, first] : new[] { first, second })
            {
                try
                {
                    await inbox.ReceiveAsync();
                }
                catch (FormatException)
                {
                    _notes.Add("caught");
                }

                await Assert.ThrowsAsync<InboxClosedException>(async () => await ReceiveFrom(inbox));
            }

            await next.SendAsync(7);
        }).To(items => Stages.Collect(items, seen)).RunAsync();
        (failFirst ? _a : _b).Fail(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([7], seen);
        Assert.Equal(["a", "b", "caught", "caught"], _notes.Order());

        static async Coroutine<int> ReceiveFrom(Inbox<int> inbox) => await inbox.ReceiveAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rule_09_a_body_that_goes_on_receiving_past_the_close_of_either_inbox_is_abandoned_and_the_run_ends(bool atFirst)
    {
        var run = Source.FanIn<int, int, int>(Source.From([1]), Source.From([2]), async (first, second, next) =>
        {
            while (true)
            {
                try
                {
                    await (atFirst ? first : second).ReceiveAsync();
                }
                catch (InboxClosedException)
                {
                }
            }
        }, "stubborn").To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("'stubborn' was abandoned", error.Message, StringComparison.Ordinal);
        Assert.Equal("stubborn", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task The_end_of_what_is_behind_it_is_raised_once_at_each_inbox()
    {
        var run = Source.FanIn<int, int, int>(_a.Source, _b.Source, async (first, second, next) =>
        {
            foreach (var inbox in new[] { second, first, second })
            {
                try
                {
                    await inbox.ReceiveAsync();
                }
                catch (TargetClosedException)
                {
                    _notes.Add("ended");
                }
            }
        }).Take(0).To(Sink.ToList<int>()).RunAsync();
        _a.End();
        _b.End();

        Assert.Empty(await Wait.For(run));
        Assert.Equal(["a", "b", "ended", "ended"], _notes.Order());
    }

    [Fact]
    public async Task Two_coroutines_of_a_body_may_each_wait_at_an_inbox_of_its_own()
    {
        var run = Source.FanIn<int, int, int>(_a.Source, _b.Source, async (first, second, next) =>
        {
            var passing = Stages.Pass(first, next);
            await Stages.Pass(second, next);
            await passing;
        }).To(Sink.ToList<int>()).RunAsync();
        _a.Push(1);
        _b.Push(2, 3);
        _b.End();
        _a.Push(4);
        _a.End();

        Assert.Equal([1, 2, 3, 4], await Wait.For(run));
    }

    [Fact]
    public async Task A_body_that_ends_early_ends_its_sources_and_what_is_behind_it()
    {
        var run = Source.FanIn<int, int, int>(_a.Source, _b.Source, async (first, second, next) => await next.SendAsync(await second.ReceiveAsync())).To(Sink.ToList<int>()).RunAsync();
        _b.Push(5);

        Assert.Equal([5], await Wait.For(run));
        Assert.Equal(["a", "b"], _notes.Order());
    }

    [Fact]
    public async Task A_body_that_fails_before_its_first_receive_takes_nothing_from_its_sources()
    {
        var (numbers, cause) = (new Numbers(), new FormatException());
        var source = Source.From(numbers.Endless());
        var run = Source.FanIn<int, int, int>(source, source, (first, second, next) => throw cause, "broken").To(Sink.ToList<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("broken", cause.Data["Sluice.Stage"]);
        Assert.Equal(0, numbers.Produced);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stage_may_close_the_inbox_it_leads_to_by_hand_and_the_other_stays_open(bool closeFirst)
    {
        var closer = Source.From([1, 2]).Through<int>(async (items, next) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            await next.CloseAsync();
            _notes.Add("closed");
            Assert.True(next.IsClosed);
        });
        var run = (closeFirst ? closer.Concat(_a.Source) : _a.Source.Concat(closer)).To(Sink.ToList<int>()).RunAsync();
        _a.Push(7, 8);
        _a.End();

        Assert.Equal([1, 7, 8], (await Wait.For(run)).Order());
        Assert.Contains("closed", _notes);
    }

    [Fact]
    public async Task A_list_that_changes_later_does_not_change_the_source()
    {
        var list = new List<Source<int>> { Source.From([1]), Source.From([2]) };
        var source = Source.FanIn<int, int>(list, async (inboxes, next) =>
        {
            foreach (var inbox in inboxes)
            {
                await next.SendAsync(await inbox.ReceiveAsync());
            }
        });
        list.Clear();

        Assert.Equal([1, 2], await Wait.For(source.To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public void Missing_arguments_are_refused_at_once()
    {
        var source = Source.From([1]);
        Assert.Throws<ArgumentNullException>("first", () => Source.FanIn<int, int, int>(null!, source, Both));
        Assert.Throws<ArgumentNullException>("second", () => Source.FanIn<int, int, int>(source, null!, Both));
        Assert.Throws<ArgumentNullException>("body", () => Source.FanIn<int, int, int>(source, source, null!));
        Assert.Throws<ArgumentNullException>("sources", () => Source.FanIn<int, int>(null!, All));
        Assert.Throws<ArgumentException>("sources", () => Source.FanIn<int, int>([], All));
        Assert.Throws<ArgumentException>("sources", () => Source.FanIn<int, int>([source, null!], All));
        Assert.Throws<ArgumentNullException>("body", () => Source.FanIn<int, int>([source], null!));
    }

    [Fact]
    public void A_graph_names_it_after_its_method_or_as_it_was_told()
    {
        var source = Source.From([1]);
        Assert.Equal("Both", NameOf(Source.FanIn<int, int, int>(source, source, Both)));
        Assert.Equal("All", NameOf(Source.FanIn<int, int>([source, source, source], All)));
        Assert.Equal("FanIn", NameOf(Source.FanIn<int, int, int>(source, source, async (first, second, next) => { await next.SendAsync(1); })));
        Assert.Equal("told", NameOf(Source.FanIn<int, int, int>(source, source, Both, "told")));
        Assert.Equal("named", NameOf(Source.FanIn<int, int, int>(source, source, Both).Named("named")));
        var graph = Source.FanIn<int, int, int>(source, source.Select(x => x), Both).To(Sink.Count<int>()).Graph;
        Assert.Contains("n3{{\"Both\"}}", graph.ToMermaid(), StringComparison.Ordinal);
        Assert.Contains("n3 [label=\"Both\", shape=hexagon];", graph.ToDot(), StringComparison.Ordinal);
        Assert.Equal(4, graph.Edges.Count);

        static string NameOf(Source<int> fanIn) => Assert.Single(fanIn.To(Sink.Count<int>()).Graph.Nodes, node => node.Kind == NodeKind.FanIn).Name;
    }

    private static async Coroutine Both(Inbox<int> first, Inbox<int> second, Target<int> next) =>
        await next.SendAsync(await first.ReceiveAsync() + await second.ReceiveAsync());

    private static async Coroutine All(IReadOnlyList<Inbox<int>> inboxes, Target<int> next)
    {
        foreach (var inbox in inboxes)
        {
            await next.SendAsync(await inbox.ReceiveAsync());
        }
    }
}
