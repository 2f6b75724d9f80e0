using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Tests.Portability;

/// <summary>Generated patterns, frozen collections, JSON nodes and methods of .NET as values.</summary>
public sealed partial class NewlyPortableObjectsTests
{
    public static TheoryData<object, string> FrozenRefused => new()
    {
        { new[] { new Node() }.ToFrozenSet(), "the keys of a frozen collection" },
        { new Dictionary<int, (int, string)> { [1] = (1, "a") }.ToFrozenDictionary(), "the values of a frozen dictionary" },
        { new[] { "a" }.ToFrozenSet(new ByLength()), "default comparer or a StringComparer" },
    };

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

    [Theory]
    [MemberData(nameof(FrozenRefused))]
    public void A_frozen_collection_that_cannot_be_made_at_once_is_refused(object value, string advice) =>
        Assert.Contains(advice, Assert.Throws<NotPortableException>(() => new Wire<object>().Write(value)).Message, StringComparison.Ordinal);

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
    }

    private sealed class ByLength : IEqualityComparer<string>
    {
        public bool Equals(string? one, string? other) => one?.Length == other?.Length;

        public int GetHashCode(string text) => text.Length;
    }
}
