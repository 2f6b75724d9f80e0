using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Tests.Portability;

/// <summary>Generated patterns, frozen collections, JSON nodes and methods of .NET as values.</summary>
public sealed partial class NewlyPortableObjectsTests
{
    private static readonly int[] s_counts = [0, 1, 2, 4, 5, 10, 11, 64, 65, 1000];

    [Fact]
    public void A_generated_regex_comes_back_as_its_pattern()
    {
        Assert.NotEqual(typeof(Regex), Words().GetType());

        var copy = (Regex)new Wire<object>().RoundTrip(Words());

        Assert.Equal((Words().ToString(), Words().Options, Words().MatchTimeout), (copy.ToString(), copy.Options, copy.MatchTimeout));
        Assert.Equal("b\u00e9", copy.Match("1 b\u00e9 2").Value);
        Assert.Contains("derives from", Assert.Throws<NotPortableException>(() => new Wire<object>().Write(new OwnRegex())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Frozen_collections_come_back_with_their_comparers()
    {
        var wire = new Wire<object>();

        Assert.Equal(["a", "b", null], ((FrozenSet<string?>)wire.RoundTrip(new[] { "a", "b", null }.ToFrozenSet())).OrderBy(static text => text is null).ThenBy(static text => text, StringComparer.Ordinal));
        Assert.Contains("A", (IReadOnlySet<string>)wire.RoundTrip(new[] { "a", "b" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase)));
        Assert.Equal(Enumerable.Range(0, 1000), ((FrozenSet<int>)wire.RoundTrip(Enumerable.Range(0, 1000).ToFrozenSet())).Order());
        Assert.Empty((FrozenSet<Guid>)wire.RoundTrip(FrozenSet<Guid>.Empty));
        Assert.Equal(DayOfWeek.Friday, Assert.Single((FrozenSet<DayOfWeek>)wire.RoundTrip(new[] { DayOfWeek.Friday }.ToFrozenSet())));
        Assert.Equal(2.5m, ((FrozenDictionary<long, decimal>)wire.RoundTrip(new Dictionary<long, decimal> { [7] = 2.5m }.ToFrozenDictionary()))[7]);
    }

    [Fact]
    public void Objects_in_a_frozen_dictionary_are_the_same_as_elsewhere_also_the_one_that_has_it()
    {
        var node = new Node();
        node.Known = new Dictionary<string, Node> { ["self"] = node, ["other"] = new() }.ToFrozenDictionary();

        var copy = (Node)new Wire<object>().RoundTrip(node);

        Assert.Same(copy, copy.Known!["self"]);
        Assert.NotSame(copy, copy.Known["other"]);
    }

    [Fact]
    public void Frozen_collections_of_any_keys_come_back()
    {
        foreach (var count in s_counts)
        {
            AssertComesBack(count, static i => (i, $"{i}"));
            AssertComesBack(count, static i => new Name(i, $"{i}"));
            AssertComesBack(count, static i => KeyValuePair.Create(i, (int?)i));
            AssertComesBack(count, static i => new Uri($"https://example.org/{i}"));
            AssertComesBack(count, static i => Tuple.Create(i, new Name(i, "x")));
        }
    }

    [Fact]
    public void Frozen_collections_come_back_with_comparers_of_the_application()
    {
        foreach (var count in s_counts)
        {
            AssertComesBack(count, static i => new string('x', i), new ByLength());
            AssertComesBack(count, static i => i, new ByRemainder { Divisor = 10_000 });
            AssertComesBack(count, static i => new Name(i, "x"), new ByNumber());
        }

        var copy = (FrozenSet<int>)new Wire<object>().RoundTrip(new[] { 1, 2 }.ToFrozenSet(new ByRemainder { Divisor = 7 }));
        Assert.Equal(7, ((ByRemainder)copy.Comparer).Divisor);
        Assert.Contains(8, (IReadOnlySet<int>)copy);
        Assert.DoesNotContain(3, (IReadOnlySet<int>)copy);
    }

    [Fact]
    public void A_frozen_set_of_objects_has_the_same_objects_as_elsewhere_also_one_that_has_the_set()
    {
        var (node, other) = (new Node(), new Node());
        node.All = new[] { node, other }.ToFrozenSet();

        var copies = (object[])new Wire<object>().RoundTrip(new object[] { other, node, node.All });

        var copy = (Node)copies[1];
        Assert.Same(copies[2], copy.All);
        var all = (IReadOnlySet<Node>)copy.All!;
        Assert.Contains(copy, all);
        Assert.Contains((Node)copies[0], all);
        Assert.DoesNotContain(new Node(), all);
    }

    [Fact]
    public void A_frozen_dictionary_whose_values_cannot_be_made_at_once_is_refused() =>
        Assert.Contains(
            "the values of a frozen dictionary",
            Assert.Throws<NotPortableException>(static () => new Wire<object>().Write(new Dictionary<int, (int, string)> { [1] = (1, "a") }.ToFrozenDictionary())).Message,
            StringComparison.Ordinal);

    private static void AssertComesBack<T>(int count, Func<int, T> make, IEqualityComparer<T>? comparer = null)
        where T : notnull
    {
        T[] keys = [.. Enumerable.Range(0, count).Select(make)];
        var set = (FrozenSet<T>)new Wire<object>().RoundTrip(keys.ToFrozenSet(comparer));
        var map = (FrozenDictionary<T, string>)new Wire<object>().RoundTrip(keys.Index().ToFrozenDictionary(static key => key.Item, static key => $"value {key.Index}", comparer));

        Assert.Equal((count, count), (set.Count, map.Count));
        foreach (var (index, key) in Enumerable.Range(0, count).Select(make).Index())
        {
            Assert.Contains(key, (IReadOnlySet<T>)set);
            Assert.Equal($"value {index}", map[key]);
        }

        Assert.DoesNotContain(make(count), (IReadOnlySet<T>)set);
        Assert.True(set.SetEquals(keys));
    }

    [Fact]
    public void Documents_of_JSON_nodes_come_back_whole()
    {
        var options = new JsonNodeOptions { PropertyNameCaseInsensitive = true };
        var document = JsonNode.Parse("""{"name":"\u00e9\ud83d\ude00","Deep":[1,2.50,-0,true,null,{"x":[]}],"big":123456789012345678901234567890}""", options)!;
        document["made"] = new JsonArray(1, 2L, 1.5m, 'c', "s", false, Guid.Empty, DateTime.UnixEpoch);

        var copy = (JsonObject)new Wire<object>().RoundTrip(document);

        Assert.Equal(document.ToJsonString(), copy.ToJsonString());
        Assert.True(JsonNode.DeepEquals(document, copy));
        Assert.Equal("2.50", copy["deep"]![1]!.ToJsonString());
        Assert.Equal(2, copy["made"]![1]!.GetValue<long>());
        Assert.Same(copy, copy["DEEP"]!.Parent);
        Assert.True(copy.Options!.Value.PropertyNameCaseInsensitive);
    }

    [Fact]
    public void A_part_of_a_document_brings_the_whole_and_is_still_a_part_of_it()
    {
        var document = JsonNode.Parse("""{"a":[10,20,30]}""")!;

        var copies = (object[])new Wire<object>().RoundTrip(new object[] { document["a"]![1]!, document });

        var part = (JsonValue)copies[0];
        Assert.Same(copies[1], part.Root);
        Assert.Equal("$.a[1]", part.GetPath());
        part.ReplaceWith(21);
        Assert.Equal("""{"a":[10,21,30]}""", ((JsonNode)copies[1]).ToJsonString());
    }

    [Fact]
    public void A_JSON_node_without_JSON_is_refused()
    {
        Assert.Contains("SerializeToNode", Assert.Throws<NotPortableException>(static () => new Wire<object>().Write(JsonValue.Create(new Node())!)).Message, StringComparison.Ordinal);
        Assert.Contains("it has no JSON", Assert.Throws<NotPortableException>(static () => new Wire<object>().Write(JsonValue.Create(double.NaN))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Method_groups_of_listed_types_and_of_allowed_assemblies_come_back()
    {
        Func<object?, Type, JsonSerializerOptions?, string> serialize = JsonSerializer.Serialize;
        Assert.Equal(12, ((Func<string, int>)new Wire<object>().RoundTrip((Func<string, int>)int.Parse))("12"));
        Assert.Contains("System.Text.Json.JsonSerializer", Assert.Throws<NotPortableException>(() => new Wire<object>().Write(serialize)).Message, StringComparison.Ordinal);
        var options = new SnapshotOptions();
        options.AllowedAssemblies.Add(typeof(JsonSerializer).Assembly);

        var copy = (Func<object?, Type, JsonSerializerOptions?, string>)new Wire<object>(options).RoundTrip(serialize);

        Assert.Equal("5", copy(5, typeof(int), null));
    }

    /// <summary>An update of .NET is no other code of the application.</summary>
    [Fact]
    public void What_a_method_of_NET_does_is_no_part_of_the_description()
    {
        Assert.Equal("", TypeCodec.Of((Func<string, int>)int.Parse).Code);
        Assert.NotEqual("", TypeCodec.Of((Func<string?, Node?>)Nothing).Code);
    }

    private static Node? Nothing(string? text) => text is null ? new Node() : null;

    [GeneratedRegex(@"\p{L}+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Words();

    private sealed class OwnRegex() : Regex("a");

    private sealed class Node
    {
        public FrozenDictionary<string, Node>? Known { get; set; }

        public FrozenSet<Node>? All { get; set; }
    }

    private sealed class ByLength : IEqualityComparer<string>
    {
        public bool Equals(string? one, string? other) => one?.Length == other?.Length;

        public int GetHashCode(string text) => text.Length;
    }

    private sealed record Name(int Number, string Text);

    private sealed class ByNumber : IEqualityComparer<Name>
    {
        public bool Equals(Name? one, Name? other) => one?.Number == other?.Number;

        public int GetHashCode(Name name) => name.Number;
    }

    private sealed class ByRemainder : IEqualityComparer<int>
    {
        public int Divisor { get; init; }

        public bool Equals(int one, int other) => one % Divisor == other % Divisor;

        public int GetHashCode(int number) => number % Divisor;
    }
}
