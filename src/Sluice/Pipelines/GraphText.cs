using System.Text;

namespace Sluice;

/// <summary>Writes graphs in the languages of drawing tools.</summary>
internal static class GraphText
{
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

    private static string Label(GraphNode node, string lineBreak, Func<string, string> escape) =>
        node.Detail is { } detail ? escape(node.Name) + lineBreak + escape(detail) : escape(node.Name);

    private static string MermaidEscape(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("\"", "&quot;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string DotEscape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal);
}
