namespace Sluice.Tests;

public sealed class CompositionTests
{
    private readonly List<int> _seen = [];

    private static Stage<int, int> Double => Stage.Select<int, int>(x => 2 * x);

    private static Stage<int, string> Show => Stage.Create<int, string>(async (items, next) =>
    {
        await foreach (var item in items)
        {
            await next.SendAsync($"<{item}>");
        }
    });

    [Fact]
    public async Task A_source_a_stage_and_a_sink_with_a_result_are_a_pipeline_with_the_result()
    {
        Pipeline<List<string>> pipeline = Source.From([1, 2]) | Double | Show | Sink.ToList<string>();

        Assert.Equal(["<2>", "<4>"], await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task A_source_and_a_sink_without_a_result_are_a_pipeline_without_one()
    {
        Pipeline pipeline = Source.From([1, 2]) | Sink.ForEach<int>(_seen.Add);
        await Wait.For(pipeline.RunAsync());

        Assert.Equal([1, 2], _seen);
    }

    [Fact]
    public async Task A_stage_and_a_stage_are_a_stage()
    {
        Stage<int, string> both = Double | Show;

        Assert.Equal(["<2>", "<4>"], await Wait.For((Source.From([1, 2]) | both | Sink.ToList<string>()).RunAsync()));
        Assert.Equal(["<6>"], await Wait.For(Source.From([3]).Through(both).To(Sink.ToList<string>()).RunAsync()));
    }

    [Fact]
    public async Task A_stage_and_a_sink_are_a_sink_and_keep_the_result()
    {
        Sink<int, List<string>> sink = Double | Show | Sink.ToList<string>();
        Sink<int> plain = Double | Sink.ForEach<int>(_seen.Add);

        Assert.Equal(["<2>"], await Wait.For((Source.From([1]) | sink).RunAsync()));
        await Wait.For((Source.From([1]) | plain).RunAsync());
        Assert.Equal([2], _seen);
    }

    [Fact]
    public async Task The_operator_gives_the_same_graph_as_the_methods()
    {
        var operators = Source.From([1]) | (Double | Show) | (Stage.Take<string>(1) | Sink.Count<string>());
        var methods = Source.From([1]).Through(Double).Through(Show).Take(1).To(Sink.Count<string>());

        Assert.Equal(methods.Graph.ToMermaid(), operators.Graph.ToMermaid());
        Assert.Equal(await Wait.For(methods.RunAsync()), await Wait.For(operators.RunAsync()));
    }

    [Fact]
    public async Task Two_runs_of_a_blueprint_at_the_same_time_share_nothing()
    {
        var gates = new[] { new Signal(), new Signal() };
        var starts = 0;
        var pipeline = Source.From([1, 2, 3]).Skip(1).Through<int>(async (items, next) =>
        {
            var own = starts++;
            var sum = 0;
            await foreach (var item in items)
            {
                await gates[own].Task;
                sum += item;
                await next.SendAsync((100 * own) + sum);
            }
        }).Take(2).To(Sink.ToList<int>());

        var (first, second) = (pipeline.RunAsync(), pipeline.RunAsync());
        Assert.Equal((2, false, false), (starts, first.IsCompleted, second.IsCompleted));
        gates[1].Set();
        Assert.Equal([102, 105], await Wait.For(second));
        Assert.False(first.IsCompleted);
        gates[0].Set();
        Assert.Equal([2, 5], await Wait.For(first));
    }

    [Fact]
    public async Task A_failed_run_does_not_touch_another_run_of_the_same_blueprint()
    {
        var fails = true;
        var pipeline = Source.From([1, 2]).Tap(_ => Stages.ThrowAt(fails ? 1 : 0, 1, new FormatException())).To(Sink.ToList<int>());

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(pipeline.RunAsync()));
        fails = false;
        Assert.Equal([1, 2], await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task A_stage_that_is_used_twice_is_two_nodes_with_their_own_state()
    {
        var starts = 0;
        var runningSum = Stage.Create<int, int>((items, next) => AddUp(items, next, ++starts), "sum");
        var pipeline = Source.From([1, 1, 1]) | runningSum | runningSum | Sink.ToList<int>();

        Assert.Equal(["From", "sum", "sum-2", "ToList"], pipeline.Graph.Nodes.Select(node => node.Name));
        Assert.Equal([1, 3, 6], await Wait.For(pipeline.RunAsync()));
        Assert.Equal(2, starts);

        static async Coroutine AddUp(Inbox<int> items, Target<int> next, int id)
        {
            var sum = 0;
            await foreach (var item in items)
            {
                await next.SendAsync(sum += item);
            }
        }
    }

    [Fact]
    public async Task A_sink_that_is_used_in_several_branches_is_one_node()
    {
        var starts = 0;
        var sink = Sink.Create<int>(items =>
        {
            starts++;
            return Stages.Collect(items, _seen);
        }, "shared");
        var pipeline = Source.From([1, 2]).Broadcast(sink, Double | sink, Double | Double | sink);
        await Wait.For(pipeline.RunAsync());

        Assert.Equal([1, 2, 4, 2, 4, 8], _seen);
        Assert.Equal(1, starts);
        var shared = Assert.Single(pipeline.Graph.Nodes, node => node.Name == "shared");
        Assert.Equal(3, pipeline.Graph.Edges.Count(edge => edge.To == shared));
    }

    [Fact]
    public async Task A_source_that_is_used_in_two_pipelines_is_produced_for_each()
    {
        var numbers = Source.From([1, 2]).Select(x => 10 * x);

        Assert.Equal([10, 20], await Wait.For(numbers.To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(2, await Wait.For(numbers.To(Sink.Count<int>()).RunAsync()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stage_may_run_a_pipeline_of_its_own(bool waits)
    {
        var inner = Source.From([1, 2, 3]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                if (waits)
                {
                    await Task.Yield();
                }

                await next.SendAsync(item);
            }
        }).To(Sink.Count<int>());
        var counts = await Wait.For(Source.From([10, 20]).Through<long>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item + await inner.RunAsync(items.Cancellation));
            }
        }).To(Sink.ToList<long>()).RunAsync());

        Assert.Equal([13, 23], counts);
    }

    [Fact]
    public async Task A_run_refuses_missing_options()
    {
        await Assert.ThrowsAsync<ArgumentNullException>("options", () => Source.From([1]).To(Sink.Count<int>()).RunAsync(null!));
        await Assert.ThrowsAsync<ArgumentNullException>("options", () => Source.From([1]).To(Sink.ForEach<int>(_seen.Add)).RunAsync(null!));
        Assert.Empty(_seen);
    }

    [Fact]
    public void Composition_refuses_null_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => (Source<int>)null! | Double);
        Assert.Throws<ArgumentNullException>(() => Source.From([1]) | (Stage<int, int>)null!);
        Assert.Throws<ArgumentNullException>(() => Double | (Stage<int, int>)null!);
        Assert.Throws<ArgumentNullException>(() => Source.From([1]) | (Sink<int>)null!);
        Assert.Throws<ArgumentNullException>(() => (Stage<int, int>)null! | Sink.Count<int>());
    }
}
