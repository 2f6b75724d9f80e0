using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests.Portability;

/// <summary>Random trees and random graphs come back as they were, many on one stream.</summary>
public sealed class ItemPropertyTests
{
    private static readonly Gen<string?> s_texts = Gen.OneOf(
        Gen.Constant<string?>(null),
        from characters in Gen.ListOf(Gen.Choose(0, 0xFF)) select (string?)string.Concat(characters.Select(static c => (char)c)),
        from characters in Gen.ListOf(Gen.Choose(0, 0xFFFF)) select (string?)string.Concat(characters.Select(static c => (char)c)));

    private static readonly Gen<long> s_numbers = from high in Gen.Choose(int.MinValue, int.MaxValue) from low in Gen.Choose(int.MinValue, int.MaxValue) select ((long)high << 32) ^ low;

    [Fact]
    public void Trees_come_back_equal()
    {
        var leaves =
            from text in s_texts
            from number in s_numbers
            from days in Gen.OneOf(Gen.Constant<DayOfWeek?>(null), from day in Gen.Choose(0, 6) select (DayOfWeek?)day)
            select new Leaf(text, number, BitConverter.Int64BitsToDouble(number), new DateTime(Math.Abs(number % DateTime.MaxValue.Ticks), (DateTimeKind)(number & 1)), days);
        var branches =
            from all in Gen.ListOf(leaves)
            from some in Gen.OneOf(Gen.Constant<byte[]?>(null), from bytes in Gen.ListOf(Gen.Choose(0, 255)) select (byte[]?)bytes.Select(static b => (byte)b).ToArray())
            from text in s_texts
            select new Branch([.. all], some, (text, all.Count == 0 ? null : all[0]), [.. all.Select(static leaf => leaf.Number)]);
        var emitted = new Wire<Branch>();
        var reflected = new Wire<Branch>(new() { UsesReflection = true });
        Assert.True(emitted.IsInline);

        Seed.Check(500, Prop.ForAll(Arb.From(branches), branch =>
        {
            var bytes = emitted.Write(branch);
            return bytes.AsSpan().SequenceEqual(reflected.Write(branch)) && Same(branch, emitted.Read(bytes)) && Same(branch, reflected.Read(bytes));
        }));
    }

    [Fact]
    public void Graphs_come_back_with_the_same_shape()
    {
        var graphs =
            from count in Gen.Choose(1, 12)
            from edges in Gen.ListOf(from a in Gen.Choose(0, 11) from b in Gen.Choose(0, 11) from way in Gen.Choose(0, 3) select (a, b, way))
            from text in s_texts
            select GraphOf(count, [.. edges], text);
        var wire = new Wire<Node>();
        Assert.False(wire.IsInline);

        Seed.Check(500, Prop.ForAll(Arb.From(graphs), graph => Drawn(graph) == Drawn(wire.RoundTrip(graph))));
    }

    private static Node GraphOf(int count, (int A, int B, int Way)[] edges, string? text)
    {
        Node[] nodes = [.. Enumerable.Range(0, count).Select(i => i % 3 == 0 ? new NamedNode { Name = text } : new Node())];
        foreach (var (a, b, way) in edges)
        {
            var (from, to) = (nodes[a % count], nodes[b % count]);
            switch (way)
            {
                case 0:
                    from.Next = to;
                    break;
                case 1:
                    from.Others.Add(to);
                    break;
                case 2:
                    from.ByKey[b] = to;
                    break;
                default:
                    from.Any = b % 2 == 0 ? to : (b, to);
                    break;
            }
        }

        return nodes[0];
    }

    /// <summary>The graph as text, each node by the number under which it was found.</summary>
    private static string Drawn(Node root)
    {
        var numbers = new Dictionary<Node, int>(ReferenceEqualityComparer.Instance) { [root] = 0 };
        var left = new Queue<Node>([root]);
        var text = new StringBuilder();
        while (left.TryDequeue(out var node))
        {
            text.Append(node.GetType().Name).Append(node is NamedNode { Name: { } name } ? $"'{name}'" : "").Append(Number(node.Next)).Append('[');
            node.Others.ForEach(other => text.Append(Number(other)));
            text.Append(']').AppendJoin(',', node.ByKey.OrderBy(static pair => pair.Key).Select(pair => $"{pair.Key}:{Number(pair.Value)}"));
            text.Append(node.Any is (int key, Node inner) ? $"({key}{Number(inner)})" : Number(node.Any as Node)).Append('\n');
        }

        return text.ToString();

        string Number(Node? node)
        {
            if (node is not null && numbers.TryAdd(node, numbers.Count))
            {
                left.Enqueue(node);
            }

            return node is null ? " -" : $" {numbers[node]}";
        }
    }

    private static bool Same(Branch one, Branch other) =>
        one.Leaves.SequenceEqual(other.Leaves) && one.Pair == other.Pair && one.Numbers.SequenceEqual(other.Numbers)
        && (one.Bytes is null ? other.Bytes is null : other.Bytes is not null && one.Bytes.AsSpan().SequenceEqual(other.Bytes));

    private sealed record Leaf(string? Text, long Number, double Real, DateTime Time, DayOfWeek? Day);

    private sealed record Branch(List<Leaf> Leaves, byte[]? Bytes, (string? Text, Leaf? First) Pair, long[] Numbers);

    private class Node
    {
        internal Node? Next;
        internal object? Any;

        internal List<Node> Others { get; } = [];

        internal Dictionary<int, Node> ByKey { get; } = [];
    }

    private sealed class NamedNode : Node
    {
        internal string? Name;
    }
}
