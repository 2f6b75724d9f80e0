using System.Globalization;

namespace Sluice;

/// <summary>The nodes and edges of a graph, as stored with its states: by it a program finds out whether they are of the same graph (rule 19).</summary>
internal sealed class GraphShape
{
    private GraphShape(IReadOnlyList<ShapeOfNode> nodes, IReadOnlyList<(int From, int To, int Slot)> edges) => (Nodes, Edges) = (nodes, edges);

    internal IReadOnlyList<ShapeOfNode> Nodes { get; }

    internal IReadOnlyList<(int From, int To, int Slot)> Edges { get; }

    internal static GraphShape Of(PipelineGraph graph) => new(
        [.. graph.Nodes.Select(static node => new ShapeOfNode(node.Name, node.Kind, node.Spec.IsNamed))],
        [.. graph.Edges.Select(static edge => (edge.From.Index, edge.To.Index, edge.Slot))]);

    /// <summary>The sources that do not know where they stand: their names, and the way out for each.</summary>
    internal static IEnumerable<(string Name, string WayOut)> SourcesWithoutPosition(PipelineGraph graph) =>
        graph.Nodes.Where(static node => node.Spec is ISourceSpec { HasPosition: false }).Select(static node => (node.Name, WayOutFor(((ISourceSpec)node.Spec).ItemType)));

    /// <summary>Parsers of documents are in another assembly; what they give is known by its name.</summary>
    private static string WayOutFor(Type itemType) => itemType.FullName switch
    {
        "Sluice.XmlEvent" => "Read the bytes with a source that has a position, and parse them in a stage: Source.Bytes(path).Through(Utf8Xml.Parse()). What XmlReader and libexpat keep of a document cannot be stored.",
        "Sluice.JsonEvent" => "Read the bytes with a source that has a position, and parse them in a stage: Source.Bytes(path).Through(JsonEvents.Parse()).",
        "Sluice.LogEvent" => "Read a file: LogEvents.Read(path).",
        _ => "Use a source with a position: Source.Lines(path) or Source.Bytes(path) of a file, Source.From of an array or a list, Source.Interval, or Source.Resumable for what can be read again from a place. "
            + "What cannot, such as a socket, standard input or an observable, has to be stored first: put a journal behind it (.Journal(folder), package Sluice.Durable), or write it to a file.",
    };

    internal bool IsLike(GraphShape other) => Nodes.SequenceEqual(other.Nodes) && Edges.SequenceEqual(other.Edges);

    internal byte[] ToBytes()
    {
        var to = new ByteSink();
        to.WriteCount(Nodes.Count);
        foreach (var node in Nodes)
        {
            to.WriteText(node.Name);
            to.WriteCount((int)node.Kind);
            to.WriteBool(node.IsNamed);
        }

        to.WriteCount(Edges.Count);
        foreach (var (from, target, slot) in Edges)
        {
            to.WriteCount(from);
            to.WriteCount(target);
            to.WriteCount(slot);
        }

        return to.Written.ToArray();
    }

    internal static GraphShape Read(byte[] bytes)
    {
        var from = new ByteSource(bytes);
        var nodes = new ShapeOfNode[from.ReadCount()];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = new(from.ReadText(), (NodeKind)from.ReadVarint(), from.ReadBool());
        }

        var edges = new (int, int, int)[from.ReadCount()];
        for (var i = 0; i < edges.Length; i++)
        {
            edges[i] = ((int)from.ReadVarint(), (int)from.ReadVarint(), (int)from.ReadVarint());
        }

        return new(nodes, edges);
    }

    /// <summary>Each node in a line, for messages.</summary>
    internal string Describe() => string.Join(", ", Nodes.Select(static node => string.Create(CultureInfo.InvariantCulture, $"'{node.Name}' ({node.Kind}{(node.IsNamed ? ", named" : "")})")));
}

/// <summary>A node of a stored graph.</summary>
internal readonly record struct ShapeOfNode(string Name, NodeKind Kind, bool IsNamed);
