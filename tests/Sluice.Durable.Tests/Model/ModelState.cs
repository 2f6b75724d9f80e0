using System.Text;

namespace Sluice.Tests.Model;

/// <summary>A moment of a run of the model.</summary>
internal sealed class ModelState
{
    internal const int End = -1;

    /// <summary>The mark with this number, as a token on an edge.</summary>
    internal static int Mark(int number) => -1 - number;

    internal required Node[] Nodes { get; init; }

    internal required Edge[] Edges { get; init; }

    /// <summary>The number of the mark that was asked for last.</summary>
    internal int Asked { get; set; }

    internal bool IsUnderWay { get; set; }

    /// <summary>The nodes' states as the mark under way has them; null for those that it has not reached, and those that had ended.</summary>
    internal Captured?[] Captured { get; set; } = [];

    internal static ModelState Start(ModelGraph graph) => new()
    {
        Nodes = [.. graph.Nodes.Select(static _ => new Node())],
        Edges = [.. graph.Edges.Select(static _ => new Edge())],
        Captured = new Captured?[graph.Nodes.Count],
    };

    internal ModelState Clone() => new()
    {
        Nodes = Array.ConvertAll(Nodes, static node => node.Clone()),
        Edges = Array.ConvertAll(Edges, static edge => edge.Clone()),
        Asked = Asked,
        IsUnderWay = IsUnderWay,
        Captured = [.. Captured],
    };

    /// <summary>Two moments with the same key are one. One character a number: a run has hundreds of thousands of moments.</summary>
    internal string Key()
    {
        var key = new StringBuilder();
        Add(key, Asked, IsUnderWay ? 1 : 0);
        foreach (var node in Nodes)
        {
            Add(key, node.Turn, node.WaitsAt, node.Marked, node.HasEnded ? 1 : 0);
            Add(key, node.Kept);
            Add(key, node.Unsent);
        }

        foreach (var edge in Edges)
        {
            Add(key, edge.IsMarked ? 1 : 0, edge.IsClosed ? 1 : 0, edge.HasEnded ? 1 : 0);
            Add(key, edge.Held);
            Add(key, edge.Tokens);
        }

        foreach (var captured in Captured)
        {
            key.Append(captured?.Key).Append('|');
        }

        return key.ToString();
    }

    internal static void Add(StringBuilder key, params ReadOnlySpan<int> numbers)
    {
        foreach (var number in numbers)
        {
            key.Append((char)(number + 'A' + 8)); // marks and ends are negative
        }
    }

    internal static void Add(StringBuilder key, List<int> numbers)
    {
        Add(key, numbers.Count);
        Add(key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(numbers));
    }

    internal sealed class Node
    {
        /// <summary>The node's variables: a source's position, what a buffer holds, what a sink has.</summary>
        internal List<int> Kept { get; set; } = [];

        /// <summary>Items that it has to send, each behind the number of its edge.</summary>
        internal List<int> Unsent { get; set; } = [];

        /// <summary>The inbox that it reads.</summary>
        internal int Turn { get; set; }

        /// <summary>The edge inside the segment along which its send is pending; -1 for none.</summary>
        internal int WaitsAt { get; set; } = -1;

        /// <summary>The last mark that it has passed on.</summary>
        internal int Marked { get; set; }

        internal bool HasEnded { get; set; }

        internal bool IsAtRest => Unsent.Count == 0 && WaitsAt < 0;

        internal Node Clone() => new() { Kept = [.. Kept], Unsent = [.. Unsent], Turn = Turn, WaitsAt = WaitsAt, Marked = Marked, HasEnded = HasEnded };
    }

    internal sealed class Edge
    {
        /// <summary>Items that were taken off the edge for the sake of a mark; they are read first.</summary>
        internal List<int> Held { get; set; } = [];

        internal List<int> Tokens { get; set; } = [];

        /// <summary>The mark under way has come along it, and waits for the node's other inputs.</summary>
        internal bool IsMarked { get; set; }

        /// <summary>The receiver has ended.</summary>
        internal bool IsClosed { get; set; }

        /// <summary>The receiver has read the end.</summary>
        internal bool HasEnded { get; set; }

        internal Edge Clone() => new() { Held = [.. Held], Tokens = [.. Tokens], IsMarked = IsMarked, IsClosed = IsClosed, HasEnded = HasEnded };
    }
}

/// <summary>A node's part of a mark: its variables, the inbox that it reads, and of each input what is held and whether it has ended.</summary>
internal sealed record Captured(int[] Kept, int Turn, (int[] Held, bool HasEnded)[] Inputs)
{
    internal string Key { get; } = KeyOf(Kept, Turn, Inputs);

    private static string KeyOf(int[] kept, int turn, (int[] Held, bool HasEnded)[] inputs)
    {
        var key = new StringBuilder();
        ModelState.Add(key, turn, kept.Length);
        ModelState.Add(key, kept);
        foreach (var (held, hasEnded) in inputs)
        {
            ModelState.Add(key, hasEnded ? 1 : 0, held.Length);
            ModelState.Add(key, held);
        }

        return key.ToString();
    }
}
