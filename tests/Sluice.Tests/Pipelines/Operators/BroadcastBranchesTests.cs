namespace Sluice.Tests;

/// <summary>A broadcast to stages whose outputs merge again. As an operator it gives every item twice, the second negative.</summary>
public sealed class BroadcastBranchesTests : OperatorContract<int>
{
    private readonly List<string> _notes = [];

    protected override (string Name, string? Detail) Shown => ("Merge", null);

    protected override Stage<int, int> Create() => Stage.Broadcast(Stage.Where<int>(_ => true), Stage.Select<int, int>(x => -x));

    protected override Source<int> Extend(Source<int> source) => source.Broadcast(Stage.Where<int>(_ => true), Stage.Select<int, int>(x => -x));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.SelectMany(x => new[] { x, -x });

    protected override int ItemsFor(int outputs) => (outputs + 1) / 2;

    [Fact]
    public async Task It_goes_before_a_sink_and_into_itself_and_a_stage_may_be_there_twice()
    {
        var negate = Stage.Select<int, int>(x => -x);
        var twice = Stage.Broadcast(negate, negate) | Stage.Broadcast(Stage.Broadcast(negate, negate), Stage.Where<int>(x => x < -1));
        var run = (Source.From([1, 2]) | (twice | Sink.ToList<int>())).RunAsync();

        Assert.Equal([1, 1, 1, 1, 2, 2, -2, 2, 2, -2], await Wait.For(run));
    }

    [Fact]
    public async Task A_branch_that_ends_early_drops_out_and_the_last_one_ends_it()
    {
        var numbers = new Numbers();
        var source = Source.From(numbers.Endless()).Broadcast(Stage.Take<int>(1), Stage.Take<int>(3) | Stage.Select<int, int>(x => -x), Stage.Take<int>(0));

        Assert.Equal([1, -1, -2, -3], await ListOf(source));
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_branch_that_fails_ends_everything_though_another_waits()
    {
        var (cause, notes) = (new FormatException(), _notes);
        var input = new Pushed("input", notes);
        var run = input.Source.Broadcast(
            Stage.Create<int, int>((items, next) => Stages.PassOnNoting(items, next, "good", notes)),
            Stage.Select<int, int>(x => Stages.ThrowAt(x, 2, cause)).Named("bad")).To(Sink.ToList<int>()).RunAsync();
        input.Push(1, 2);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Same(cause, Assert.Single(run.Exception!.InnerExceptions));
        Assert.Equal(["good", "input"], notes.Order());
    }

    [Fact]
    public async Task A_slow_branch_keeps_the_others_waiting_and_what_comes_late_is_not_lost()
    {
        var (signal, seen, numbers) = (new Signal(), new List<int>(), new Numbers());
        var slow = Stage.Create<int, int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await signal.Task;
                await next.SendAsync(item);
            }
        });
        var run = Source.From(numbers.Endless()).Take(3).Broadcast(Stage.Select<int, int>(x => -x), slow).To(items => Stages.Collect(items, seen)).RunAsync();
        Assert.Equal([-1], seen);
        Assert.Equal(1, numbers.Produced);

        signal.Set();

        await Wait.For(run);
        Assert.Equal([1, 2, 3], seen.Where(x => x > 0));
        Assert.Equal([-1, -2, -3], seen.Where(x => x < 0));
    }

    [Fact]
    public async Task A_body_of_its_own_chooses_the_branch_and_may_close_one_by_hand()
    {
        var stage = Stage.FanOut<int, int, string>(async (items, targets) =>
        {
            await foreach (var item in items)
            {
                if (item == 3)
                {
                    await targets[1].CloseAsync();
                }

                await targets[item % 2 == 0 || item > 3 ? 0 : 1].SendAsync(item);
            }
        }, "choose", Stage.Select<int, string>(x => $"even {x}"), Stage.Create<int, string>(ClosingLast));
        var run = Source.From([1, 2, 4, 5]).Through(stage).To(Sink.ToList<string>()).RunAsync();
        Assert.Equal(["odd 1", "even 2", "even 4", "even 5", "odd end"], await Wait.For(run));

        run = Source.From([1, 2, 3]).Through(stage).To(Sink.ToList<string>()).RunAsync();
        Assert.Equal(["odd 1", "even 2", "odd end"], await Wait.For(run)); // the send to the closed branch is refused and escapes

        static async Coroutine ClosingLast(Inbox<int> items, Target<string> next)
        {
            await foreach (var item in items)
            {
                await next.SendAsync($"odd {item}");
            }

            await next.SendAsync("odd end");
        }
    }

    [Fact]
    public async Task Senders_that_wait_behind_each_other_end_normally_when_the_receiver_ends()
    {
        var (signal, entered) = (new Signal(), new List<int>());
        var late = Stage.Create<int, int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                var sent = next.SendAsync(item); // the broadcast goes on to the next branch, which waits behind this
                entered.Add(item);
                await sent;
            }
        });
        var run = Source.From(new Numbers().Endless()).Broadcast(late | Stage.Where<int>(_ => true), late | Stage.Select<int, int>(x => x))
            .Merge(Source.From(new Numbers().Endless()).Through<int>(Stages.Pass).Where(_ => true))
            .To(async items =>
            {
                await items.ReceiveAsync();
                await signal.Task;
            }).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
    }

    [Fact]
    public async Task Broadcasts_and_sources_of_sources_nest()
    {
        var zipped = Source.From([1, 2]).Broadcast(Stage.Select<int, int>(x => x), Stage.Select<int, int>(x => 10 * x))
            .Zip(Source.From([1, 2]).Concat(Source.From([3, 4])), (x, y) => x * y);

        Assert.Equal([1, 20, 6, 80], await ListOf(zipped));
        Assert.Equal([-80, -20, -6, -1, 1, 6, 20, 80], (await ListOf(zipped.Broadcast(Stage.Select<int, int>(x => x), Stage.Select<int, int>(x => -x)))).Order());
    }

    [Fact]
    public void A_graph_shows_both_nodes_and_a_name_is_that_of_the_first()
    {
        var stage = Stage.Broadcast(Stage.Where<int>(x => x > 1), Stage.Take<int>(1) | Stage.Skip<int>(0)).Named("split").Described("twice");
        foreach (var graph in new[] { (Source.From([1]) | stage | Sink.Count<int>()).Graph, (Source.From([1]) | (stage | Sink.Count<int>())).Graph })
        {
            Assert.Equal(["From", "split", "Where", "Take", "Skip", "Merge", "Count"], graph.Nodes.Select(node => node.Name));
            Assert.Equal("twice", graph.Nodes[1].Detail);
            Assert.Equal([NodeKind.FanOut, NodeKind.FanIn], graph.Nodes.Select(node => node.Kind).Where(kind => kind is NodeKind.FanIn or NodeKind.FanOut));
            Assert.Equal(
                ["From split", "Merge Count", "Skip Merge", "Take Skip", "Where Merge", "split Take", "split Where"],
                graph.Edges.Select(edge => $"{edge.From.Name} {edge.To.Name}").Order(StringComparer.Ordinal));
            Assert.Equal(["Where", "Take"], graph.Edges.Where(edge => edge.From.Name == "split").Select(edge => edge.To.Name));
            Assert.Contains("n5{{\"Merge\"}}", graph.ToMermaid(), StringComparison.Ordinal);
            Assert.Contains("n1 [label=\"split\\ntwice\", shape=hexagon];", graph.ToDot(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_branch_and_a_missing_branch_are_refused_at_once()
    {
        var stage = Stage.Take<int>(1);
        Assert.Throws<ArgumentException>("branches", () => Stage.Broadcast<int, int>());
        Assert.Throws<ArgumentException>("branches", () => Stage.Broadcast(stage, null!));
        Assert.Throws<ArgumentNullException>("branches", () => Stage.Broadcast((Stage<int, int>[])null!));
        Assert.Throws<ArgumentNullException>("body", () => Stage.FanOut<int, int, int>(null!, "x", stage));
        Assert.Throws<ArgumentException>("name", () => Stage.FanOut<int, int, int>((items, targets) => Stages.Drain(items), " ", stage));
    }
}
