namespace Sluice.Tests;

/// <summary>Mermaid and Graphviz draw every graph, with any names of its nodes.</summary>
public sealed class GraphDrawingTests
{
    /// <summary>Set to 1 to write the picture in the documentation again instead of comparing with it.</summary>
    private const string Rewrite = "SLUICE_REWRITE_PICTURES";

    public static TheoryData<string, string> Names => new()
    {
        { "say \"hi\"", "say \"hi\"" },
        { "a & b &amp; &lt; &#65;", "a & b &amp; &lt; &#65;" },
        { "<b>x</b><br/>", "<b>x</b><br/>" },
        { "#quot; #35; style:x#y;", "#quot; #35; style:x#y;" },
        { "back\\slash \\n \\N \\\" \\", "back\\slash \\n \\N \\\" \\" },
        { "]) end ]] }} ) --> n0", "]) end ]] }} ) --> n0" },
        { "];\n}\ndigraph x {", "];\n}\ndigraph x {" },
        { "a\r\nb\u2028c\n", "a\nb\nc\n" },
        { "1. one", "1. one" },
        { "- a *b* _c_ `d` [e](f) ~~g~~ www.h.i j@k.l", "- a *b* _c_ `d` [e](f) ~~g~~ www.h.i j@k.l" },
        { "`markdown`", "`markdown`" },
        { "%%{init: {}}%% $$x$$ fa:fa-ban", "%%{init: {}}%% $$x$$ fa:fa-ban" },
        { "    code\tx", "    code x" },
        { "日本 größe 😀 𝒳", "日本 größe 😀 𝒳" },
        { "bell\a null\0 \uFFFE lone \uD800!", "bell\uFFFD null\uFFFD \uFFFD lone \uFFFD!" },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Any_name_is_drawn_as_it_is(string name, string drawn)
    {
        var graph = Source.From([1]).Named(name).Where(x => x > 0 && $"{x}" != "#1;").Named("plain").To(Sink.Count<int>()).Graph;
        string[] texts = [drawn, "plain\nx => x > 0 && $\"{x}\" != \"#1;\"", "Count"];

        Assert.Equal(texts, Drawing.OfMermaid(graph.ToMermaid()).Texts);
        Assert.Equal(texts.Select(SeenInSvg), Drawing.OfSvg(await Graphviz.Draw(graph.ToDot())).Texts.Select(SeenInSvg));
    }

    [Fact]
    public async Task Both_draw_every_node_and_every_edge_of_a_large_graph()
    {
        var graph = OrderPipeline.Graph();
        Assert.Equal(Enum.GetValues<NodeKind>(), graph.Nodes.Select(node => node.Kind).Distinct().Order());

        AssertShows(graph, Drawing.OfMermaid(graph.ToMermaid()));
        AssertShows(graph, Drawing.OfSvg(await Graphviz.Draw(graph.ToDot())));
    }

    [Fact]
    public async Task Both_draw_every_operator()
    {
        PipelineGraph[] graphs = [.. new MarbleDiagrams(TimeProvider.System).All.Select(diagram => diagram.Graph)];
        var drawings = (await Graphviz.Draw(string.Concat(graphs.Select(graph => graph.ToDot())))).Split("<?xml")[1..];

        Assert.Equal(graphs.Length, drawings.Length);
        foreach (var (graph, drawing) in graphs.Zip(drawings))
        {
            AssertShows(graph, Drawing.OfMermaid(graph.ToMermaid()));
            AssertShows(graph, Drawing.OfSvg("<?xml" + drawing));
        }
    }

    [Fact]
    public async Task The_picture_in_the_documentation_is_that_of_the_large_graph()
    {
        var file = Repository.PathOf("docs", "images", "orders.svg");
        var svg = await Graphviz.Draw(OrderPipeline.Graph().ToDot().Replace("rankdir=LR", "rankdir=TB", StringComparison.Ordinal)); // a page is not that wide
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, svg);
        }

        // Not the bytes: versions of Graphviz place the nodes differently.
        var (drawn, committed) = (Drawing.OfSvg(svg), Drawing.OfSvg(await File.ReadAllTextAsync(file)));
        Assert.True(drawn.Texts.SequenceEqual(committed.Texts) && drawn.Edges.SequenceEqual(committed.Edges), $"{file} is of another graph. Set {Rewrite}=1, run this test, and look at the picture.");
    }

    private static void AssertShows(PipelineGraph graph, Drawing drawing)
    {
        var nodes = graph.Nodes.ToList();
        Assert.Equal(nodes.Select(node => node.Detail is { } detail ? $"{node.Name}\n{detail}" : node.Name), drawing.Texts);
        Assert.Equal(graph.Edges.Select(edge => $"{nodes.IndexOf(edge.From)}->{nodes.IndexOf(edge.To)}").Order(StringComparer.Ordinal), drawing.Edges);
        foreach (var sameKind in nodes.Zip(drawing.Shapes).GroupBy(node => node.First.Kind, node => node.Second))
        {
            Assert.Single(sameKind.Distinct());
        }
    }

    /// <summary>Graphviz draws an empty line as no text.</summary>
    private static string SeenInSvg(string text) => text.TrimEnd('\n');
}
