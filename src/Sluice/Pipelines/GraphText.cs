using System.Text;

namespace Sluice;

/// <summary>Writes graphs in the languages of drawing tools.</summary>
internal static class GraphText
{
    /// <summary>The characters that a label may have as they are: none that Mermaid, Markdown or HTML gives a meaning. A drawing reads the text
    /// of a label as all three.</summary>
    private const string PlainInMermaid = " ,=()%!?/+-";

    internal static string Mermaid(PipelineGraph graph)
    {
        var text = new StringBuilder("flowchart LR\n");
        foreach (var node in graph.Nodes)
        {
            var (open, close) = node.Kind switch
            {
                NodeKind.Source => ("([", "])"),
                NodeKind.Operator => ("(", ")"),
                NodeKind.FanOut or NodeKind.FanIn => ("{{", "}}"),
                NodeKind.Sink => ("[[", "]]"),
                _ => ("[", "]"),
            };
            text.Append($"    n{node.Index}{open}\"{Label(node, "<br/>", MermaidEscape)}\"{close}\n");
        }

        foreach (var edge in graph.Edges)
        {
            text.Append($"    n{edge.From.Index} --> n{edge.To.Index}\n");
        }

        return text.ToString();
    }

    internal static string Dot(PipelineGraph graph)
    {
        var text = new StringBuilder("digraph pipeline {\n    rankdir=LR;\n    node [fontname=\"sans-serif\"];\n");
        foreach (var node in graph.Nodes)
        {
            var shape = node.Kind switch
            {
                NodeKind.Source => "oval",
                NodeKind.Operator => "box, style=rounded",
                NodeKind.FanOut or NodeKind.FanIn => "hexagon",
                NodeKind.Sink => "box, peripheries=2",
                _ => "box",
            };
            text.Append($"    n{node.Index} [label=\"{Label(node, "\\n", DotEscape)}\", shape={shape}];\n");
        }

        foreach (var edge in graph.Edges)
        {
            text.Append($"    n{edge.From.Index} -> n{edge.To.Index};\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Label(GraphNode node, string lineBreak, Func<Rune, bool, string> escape) =>
        string.Join(lineBreak, Lines(node).Select(line => string.Concat(line.EnumerateRunes().Select((rune, i) => escape(Visible(rune), i == 0)))));

    private static string[] Lines(GraphNode node) =>
        (node.Detail is { } detail ? $"{node.Name}\n{detail}" : node.Name).ReplaceLineEndings("\n").Split('\n');

    /// <summary>SVG has no place for control characters and for the two at the end of the plane.</summary>
    private static Rune Visible(Rune rune) =>
        Rune.IsWhiteSpace(rune) ? new Rune(' ')
        : Rune.IsControl(rune) || (rune.Value & 0xFFFE) == 0xFFFE ? Rune.ReplacementChar
        : rune;

    /// <summary>A line that begins with anything but a letter may be a list or code in Markdown, which no label shows.</summary>
    private static string MermaidEscape(Rune rune, bool isFirst) => rune.Value switch
    {
        '&' => "&amp;",
        '"' => "&quot;",
        '<' => "&lt;",
        '>' => "&gt;",
        _ when Rune.IsLetter(rune) || (!isFirst && (Rune.IsDigit(rune) || (rune.IsAscii && PlainInMermaid.Contains((char)rune.Value)))) => rune.ToString(),
        _ => $"#{rune.Value};",
    };

    /// <summary>Graphviz reads entities in labels too.</summary>
    private static string DotEscape(Rune rune, bool isFirst) => rune.Value switch
    {
        '&' => "&amp;",
        '\\' => "\\\\",
        '"' => "\\\"",
        _ => rune.ToString(),
    };
}
