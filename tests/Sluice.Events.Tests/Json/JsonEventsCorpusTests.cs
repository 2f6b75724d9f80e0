using System.Runtime.InteropServices;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>The events are what <see cref="JsonDocument"/> finds, however the document is cut into pieces.</summary>
public sealed class JsonEventsCorpusTests
{
    private static readonly Arbitrary<int> s_seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();

    [Fact]
    public Task Any_document_gives_the_same_events_as_its_tree() => ForAll(300, seed =>
    {
        var json = Pieces.Utf8(RandomJson.Of(seed));
        var expected = TreeOf(json);

        Assert.Equal(expected, Read([json]).Events);
        Assert.Equal(expected, Read(json.Chunk(1)).Events);
        Assert.Equal(expected, Read(json.Chunk((seed % 50) + 2)).Events);
    });

    [Fact]
    public Task Any_document_gives_the_same_events_cut_in_two_at_any_byte() => ForAll(15, seed =>
    {
        var json = Pieces.Utf8(RandomJson.Of(seed));
        var expected = TreeOf(json);

        Assert.All(Pieces.CutInTwo(json), pieces => Assert.Equal(expected, Read(pieces).Events));
    });

    [Fact]
    public Task Any_damaged_document_fails_at_the_same_place_however_it_is_cut() => ForAll(1000, seed =>
    {
        var json = Pieces.Utf8(RandomJson.Damaged(seed));
        var expected = ReferenceOf(json);
        var whole = Read([json]);

        AssertSame(expected, whole);
        Assert.Equal(whole, Read(json.Chunk(1)));
        Assert.Equal(whole, Read(json.Chunk((seed % 50) + 2)));
    });

    [Fact]
    public async Task The_files_of_the_SDK_give_the_same_events_as_their_trees()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var files = Directory.GetFiles(root, "*.json", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length is > 0 and < 200_000).Order(StringComparer.Ordinal).Take(60).ToList();

        foreach (var file in files)
        {
            var json = await File.ReadAllBytesAsync(file);
            var events = await Wait.For(JsonEvents.Read(file, new() { AllowComments = true, AllowTrailingCommas = true }).To(Sink.ToList<JsonEvent>()).RunAsync(), file);
            Assert.Equal(TreeOf(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }), string.Join('\n', events.Select(Line)));
        }

        Assert.NotEmpty(files);
    }

    private static Task ForAll(int cases, Action<int> check) => Wait.For(Task.Run(() => Seed.Check(cases, Prop.ForAll(s_seeds, seed =>
    {
        check(seed);
        return true;
    }))), "all cases");

    private static Outcome Read(IEnumerable<byte[]> pieces)
    {
        var events = new List<string>();
        try
        {
            Pieces.Source(pieces).Through(JsonEvents.Parse()).To(Sink.ForEach<JsonEvent>(e => events.Add(Line(e)))).RunAsync().GetAwaiter().GetResult();
            return new(string.Join('\n', events), null, null);
        }
        catch (JsonException error)
        {
            return new(string.Join('\n', events), error.LineNumber, error.BytePositionInLine);
        }
    }

    private static void AssertSame(Outcome expected, Outcome read)
    {
        Assert.Equal((expected.Line, expected.Position), (read.Line, read.Position));
        Assert.Equal(expected.Events, read.Events);
    }

    private static string Line(JsonEvent e) => $"{e.Depth} {e}";

    /// <summary>The tokens up to the first error, and where <see cref="JsonDocument"/> finds it.</summary>
    private static Outcome ReferenceOf(byte[] json)
    {
        (long? Line, long? Position) place = (null, null);
        try
        {
            JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 }).Dispose();
        }
        catch (JsonException error)
        {
            place = (error.LineNumber, error.BytePositionInLine);
        }

        var events = new List<string>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                events.Add(reader.TokenType switch
                {
                    JsonTokenType.PropertyName => Line(JsonEvent.Create(JsonEventKind.Name, reader.GetString()!, reader.CurrentDepth)),
                    JsonTokenType.String => Line(JsonEvent.Create(JsonEventKind.String, reader.GetString()!, reader.CurrentDepth)),
                    _ => $"{reader.CurrentDepth} {System.Text.Encoding.UTF8.GetString(reader.ValueSpan)}",
                });
            }
        }
        catch (JsonException)
        {
            Assert.NotNull(place.Line);
        }

        return new(string.Join('\n', events), place.Line, place.Position);
    }

    private static string TreeOf(byte[] json, JsonDocumentOptions options = default)
    {
        using var document = JsonDocument.Parse(json.AsSpan().StartsWith("\uFEFF"u8) ? json.AsMemory(3) : json, options);
        return string.Join('\n', Walk(document.RootElement, 0));
    }

    private static IEnumerable<string> Walk(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.Object => [$"{depth} {{", .. element.EnumerateObject().SelectMany(property => Walk(property.Value, depth + 1).Prepend($"{depth + 1} \"{property.Name}\":")), $"{depth} }}"],
        JsonValueKind.Array => [$"{depth} [", .. element.EnumerateArray().SelectMany(item => Walk(item, depth + 1)), $"{depth} ]"],
        JsonValueKind.String => [$"{depth} \"{element.GetString()}\""],
        _ => [$"{depth} {element.GetRawText()}"],
    };

    private sealed record Outcome(string Events, long? Line, long? Position);
}
