namespace Sluice.Tests;

public sealed class GraphTests
{
    private static readonly Source<int> s_source = Source.From([1, 2, 3]);

    [Fact]
    public void A_stage_is_named_after_its_method() =>
        Assert.Equal(["From", "PassAll", "CountAll"], Names(s_source.Through<int>(PassAll).To<long>(CountAll).Graph));

    [Fact]
    public void A_lambda_that_calls_a_method_is_named_after_the_method() =>
        Assert.Equal(
            ["Produce", "Filter", "Collect"],
            Names(Source.Create<int>((next, token) => GraphTests.Produce(next))
                .Through<int>((items, next) => Stages.Filter(items, next, x => x > 0))
                .To(items => Stages.Collect(items, new List<int>())).Graph));

    [Fact]
    public void A_lambda_with_code_of_its_own_is_named_after_what_it_is() =>
        Assert.Equal(
            ["Source", "Stage", "Sink"],
            Names(Source.Create<int>(async (next, _) => { await next.SendAsync(1); })
                .Through<int>(async (items, next) => { await next.SendAsync(await items.ReceiveAsync()); })
                .To(async items => { await items.ReceiveAsync(); }).Graph));

    [Fact]
    public void A_local_function_gives_its_own_name()
    {
        Assert.Equal(["From", "Inner", "Count"], Names(s_source.Through<int>(Inner).To(Sink.Count<int>()).Graph));

        static async Coroutine Inner(Inbox<int> items, Target<int> next) => await next.SendAsync(await items.ReceiveAsync());
    }

    [Fact]
    public void Named_names_the_last_node_and_a_name_argument_the_node_itself() =>
        Assert.Equal(
            ["numbers", "evens", "pass", "total"],
            Names(s_source.Named("numbers").Where(x => x % 2 == 0).Named("evens").Through<int>(PassAll, "pass").To(Sink.Count<int>().Named("total")).Graph));

    [Fact]
    public void Names_are_unique_and_chosen_names_stay_as_they_are() =>
        Assert.Equal(
            ["From", "PassAll-2", "PassAll-3", "PassAll", "x", "x-2", "ToList"],
            Names(s_source.Through<int>(PassAll).Through<int>(PassAll).Through<int>(PassAll, "PassAll")
                .Where(_ => true).Named("x").Where(_ => true).Named("x").To(Sink.ToList<int>()).Graph));

    [Fact]
    public void A_chosen_name_stays_though_a_built_in_node_before_it_is_called_the_same() =>
        Assert.Equal(["From", "Take-2", "Take", "Count-2", "Count"],
            Names(s_source.Take(1).Where(_ => true).Named("Take").Where(_ => true).Named("Count-2").To(Sink.Count<int>()).Graph));

    [Fact]
    public void Names_that_look_like_numbered_ones_stay_unique()
    {
        var names = Names(s_source.Where(_ => true).Named("x-2").Where(_ => true).Named("x").Where(_ => true).Named("x").To(Sink.Count<int>()).Graph);

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(["From", "x-2", "x"], names[..3]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void A_name_must_not_be_empty(string? name)
    {
        Assert.ThrowsAny<ArgumentException>(() => s_source.Named(name!));
        Assert.ThrowsAny<ArgumentException>(() => Stage.Take<int>(1).Named(name!));
        Assert.ThrowsAny<ArgumentException>(() => Sink.Count<int>().Named(name!));
        Assert.ThrowsAny<ArgumentException>(() => ((Sink<int>)Sink.Count<int>()).Named(name!));
    }

    [Fact]
    public void Nodes_come_before_what_they_send_to_and_edges_in_the_order_of_sending()
    {
        var shared = Sink.Count<int>().Named("shared");
        var graph = s_source.Broadcast(Stage.Where<int>(x => x > 1).Named("a") | shared, Stage.Take<int>(1).Named("b") | shared, Sink.ToList<int>().Named("c")).Graph;

        Assert.Equal(["From", "Broadcast", "a", "b", "shared", "c"], Names(graph));
        Assert.Equal(
            [NodeKind.Source, NodeKind.FanOut, NodeKind.Operator, NodeKind.Stage, NodeKind.Sink, NodeKind.Sink],
            graph.Nodes.Select(node => node.Kind));
        Assert.Equal(
            ["From Broadcast", "Broadcast a", "Broadcast b", "Broadcast c", "a shared", "b shared"],
            graph.Edges.Select(edge => $"{edge.From.Name} {edge.To.Name}"));
        Assert.Equal([null, null, "x => x > 1", "1", null, null], graph.Nodes.Select(node => node.Detail));
    }

    [Fact]
    public void Mermaid_shows_every_kind_of_node_and_escapes_what_has_a_meaning() =>
        Assert.Equal(
            """
            flowchart LR
                n0(["say &quot;hi&quot; &amp; &lt;go&gt;"])
                n1["PassAll"]
                n2("Where<br/>x =&gt; x &lt; 3 &amp;&amp; #36;&quot;#123;x#125;&quot; != &quot;&quot;")
                n3{{"Broadcast"}}
                n4[["Count"]]
                n5[["ToList"]]
                n0 --> n1
                n1 --> n2
                n2 --> n3
                n3 --> n4
                n3 --> n5

            """,
            Sample().ToMermaid());

    [Fact]
    public void Dot_shows_every_kind_of_node_and_escapes_what_has_a_meaning() =>
        Assert.Equal(
            """
            digraph pipeline {
                rankdir=LR;
                node [fontname="sans-serif"];
                n0 [label="back\\slash \"quoted\"", shape=oval];
                n1 [label="PassAll", shape=box];
                n2 [label="Where\nx => x < 3 &amp;&amp; $\"{x}\" != \"\"", shape=box, style=rounded];
                n3 [label="Broadcast", shape=hexagon];
                n4 [label="Count", shape=box, peripheries=2];
                n5 [label="ToList", shape=box, peripheries=2];
                n0 -> n1;
                n1 -> n2;
                n2 -> n3;
                n3 -> n4;
                n3 -> n5;
            }

            """,
            Sample("back\\slash \"quoted\"").ToDot());

    private static PipelineGraph Sample(string name = "say \"hi\" & <go>") => s_source.Named(name)
        .Through<int>(PassAll)
        .Where(x => x < 3 && $"{x}" != "")
        .Broadcast(Sink.Count<int>(), Sink.ToList<int>()).Graph;

    private static string[] Names(PipelineGraph graph) => [.. graph.Nodes.Select(node => node.Name)];

    private static Coroutine PassAll(Inbox<int> items, Target<int> next) => Stages.Pass(items, next);

    private static async Coroutine Produce(Target<int> next) => await next.SendAsync(1);

    private static async Coroutine<long> CountAll(Inbox<int> items)
    {
        var count = 0L;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }
}
