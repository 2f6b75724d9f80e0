using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sluice.Tests;

/// <summary>The content of a graph's drawing: the lines of each node, and the edges by the nodes' numbers.</summary>
internal sealed partial class Drawing
{
    private readonly SortedDictionary<int, (string Shape, string Text)> _nodes = [];

    private readonly List<string> _edges = [];

    /// <summary>The text of the nodes, in their order.</summary>
    internal IEnumerable<string> Texts => _nodes.Values.Select(node => node.Text);

    internal IEnumerable<string> Shapes => _nodes.Values.Select(node => node.Shape);

    internal IEnumerable<string> Edges => _edges.Order(StringComparer.Ordinal);

    /// <summary>Reads a flowchart as Mermaid does, and refuses all that it or its reader of Markdown could take for anything else.</summary>
    internal static Drawing OfMermaid(string text)
    {
        var drawing = new Drawing();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        var lines = text[..^1].Split('\n');
        Assert.Equal("flowchart LR", lines[0]);
        foreach (var line in lines[1..])
        {
            if (MermaidEdge().Match(line) is { Success: true } edge)
            {
                drawing._edges.Add($"{edge.Groups[1]}->{edge.Groups[2]}");
                continue;
            }

            var node = MermaidNode().Match(line);
            Assert.True(node.Success, $"Neither node nor edge: {line}");
            Assert.Empty(drawing._edges); // a node that an edge names first would be drawn without its text
            var label = string.Join('\n', node.Groups[3].Value.Split("<br/>").Select(LineOf));
            drawing._nodes.Add(int.Parse(node.Groups[1].Value, CultureInfo.InvariantCulture), (node.Groups[2].Value + node.Groups[4].Value, label));
        }

        return drawing;

        static string LineOf(string line)
        {
            Assert.Matches(MermaidText(), line);
            return Entity().Replace(line, entity => entity.Groups[2].Success
                ? new Rune(int.Parse(entity.Groups[2].Value, CultureInfo.InvariantCulture)).ToString()
                : entity.Groups[1].Value switch { "amp" => "&", "lt" => "<", "gt" => ">", _ => "\"" });
        }
    }

    /// <summary>Reads what Graphviz has drawn.</summary>
    internal static Drawing OfSvg(string svg)
    {
        var drawing = new Drawing();
        foreach (var group in XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "g"))
        {
            string Title() => group.Elements().First(element => element.Name.LocalName == "title").Value;
            if (group.Attribute("class")?.Value == "node")
            {
                var lines = group.Elements().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Replace('\u00A0', ' '));
                var shapes = group.Elements().Select(element => element.Name.LocalName).Where(name => name is "ellipse" or "polygon" or "path");
                drawing._nodes.Add(int.Parse(Title().AsSpan(1), CultureInfo.InvariantCulture), (string.Join(' ', shapes), string.Join('\n', lines)));
            }
            else if (group.Attribute("class")?.Value == "edge")
            {
                drawing._edges.Add(Title().Replace("n", "", StringComparison.Ordinal));
            }
        }

        return drawing;
    }

    [GeneratedRegex("""^    n(\d+)(\(\[|\[\[|\{\{|\[|\()"([^"]*)"(\]\)|\]\]|\}\}|\]|\))$""")]
    private static partial Regex MermaidNode();

    [GeneratedRegex("""^    n(\d+) --> n(\d+)$""")]
    private static partial Regex MermaidEdge();

    [GeneratedRegex("""^(?![\d ,=()%!?/+-])(?:[\p{L}\p{Nd} ,=()%!?/+-]|[\uD800-\uDBFF][\uDC00-\uDFFF]|&(?:amp|quot|lt|gt);|#\d+;)*$""")]
    private static partial Regex MermaidText();

    [GeneratedRegex("""&(\w+);|#(\d+);""")]
    private static partial Regex Entity();
}
