using System.Text.Json;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>The contract of all ways to read a JSON document. Derived once for each.</summary>
public abstract class JsonEventsContract
{
    private readonly List<string> _events = [];

    /// <summary>The origin of the document, as errors name it: <c> of 'FILE'</c>, or nothing.</summary>
    protected virtual string Origin => "";

    /// <summary>The source of a document's events.</summary>
    /// <param name="json">The document's bytes.</param>
    /// <param name="options">The limits; null for the usual ones.</param>
    protected abstract Source<JsonEvent> Read(byte[] json, JsonEventsOptions? options = null);

    [Theory]
    [InlineData("{}", "0{ 0}")]
    [InlineData("[]", "0[ 0]")]
    [InlineData(" \"text\" ", "0\"text\"")]
    [InlineData("-12.5e3", "0-12.5e3")]
    [InlineData("null", "0null")]
    [InlineData("[true,false,null]", "0[ 1true 1false 1null 0]")]
    [InlineData("{\"a\":1,\"b\":{\"c\":[\"d\"]}}", "0{ 1\"a\": 11 1\"b\": 1{ 2\"c\": 2[ 3\"d\" 2] 1} 0}")]
    [InlineData("\r\n{ \"a\" : [ 1 , 2 ] }\n\t", "0{ 1\"a\": 1[ 21 22 1] 0}")]
    [InlineData("\uFEFF[1]", "0[ 11 0]")]
    [InlineData("{\"\":\"\"}", "0{ 1\"\": 1\"\" 0}")]
    public async Task Documents_become_events_with_their_depth(string json, string events)
    {
        await Wait.For(Run(json));

        Assert.Equal(events.Split(' '), _events);
    }

    [Fact]
    public async Task Escapes_are_replaced_in_names_and_strings()
    {
        await Wait.For(Run("""{"\u0061\"":"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00 and é日😀"}"""));

        Assert.Equal(["0{", "1\"a\"\":", "1\"\\/\b\f\n\r\té😀 and é日😀\"", "0}"], _events);
    }

    [Theory]
    [InlineData("", 0, 0, "")]
    [InlineData("  ", 0, 2, "")]
    [InlineData("[1,\n2", 1, 1, "[ 1")]
    [InlineData("{\"a\":\n\n x}", 2, 1, "{ \"a\":")]
    [InlineData("{\"a\" 1}", 0, 5, "{")]
    [InlineData("[1}", 0, 2, "[ 1")]
    [InlineData("[\"abc", 0, 5, "[")]
    [InlineData("[tru]", 0, 4, "[")]
    [InlineData("[01]", 0, 2, "[")]
    [InlineData("[\"\\x\"]", 0, 3, "[")]
    [InlineData("[\"a\tb\"]", 0, 3, "[")]
    [InlineData("[1,,2]", 0, 3, "[ 1")]
    [InlineData("'a'", 0, 0, "")]
    public async Task A_document_that_is_not_well_formed_fails_with_its_place_after_all_events_before(string json, int line, int position, string events)
    {
        var error = await Fails(json);

        Assert.Equal((line, position), (error.LineNumber, error.BytePositionInLine));
        Assert.StartsWith($"Line {line + 1}, byte {position + 1}{Origin}: ", error.Message, StringComparison.Ordinal);
        Assert.Equal("JsonEvents", error.Data["Sluice.Stage"]);
        Assert.Equal(events, string.Join(' ', _events.Select(text => text[1..])));
    }

    [Theory]
    [InlineData("[1,]", "AllowTrailingCommas")]
    [InlineData("{\"a\":1,\n}", "AllowTrailingCommas")]
    [InlineData("[1 /* one */]", "AllowComments")]
    [InlineData("// one\n1", "AllowComments")]
    [InlineData("[1] [2]", "AllowMultipleValues")]
    [InlineData("1 x", "AllowMultipleValues")]
    [InlineData("{\"a\":[1,2", "cut off")]
    [InlineData("[[[1]]]", "MaxDepth")]
    [InlineData("\"0123456789\"", "MaxTokenLength")]
    public async Task An_error_says_what_to_do(string json, string advice)
    {
        var error = await Fails(json, new() { MaxDepth = 2, MaxTokenLength = 9 });

        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1,]", "[ 1 ]")]
    [InlineData("{\"a\":1 , }", "{ \"a\": 1 }")]
    [InlineData("/* a\" */[1, // [\n/* * */ /***/\n2/**/] // end", "[ 1 2 ]")]
    [InlineData("// only\r\n1", "1")]
    [InlineData("{ /*x*/ \"a\": /*y*/ 1 }", "{ \"a\": 1 }")]
    [InlineData("", "")]
    [InlineData(" \n ", "")]
    [InlineData("1 2\n[]{}\"a\"\"b\"true false", "1 2 [ ] { } \"a\" \"b\" true false")]
    public async Task What_is_not_strict_JSON_can_be_allowed(string json, string events)
    {
        await Wait.For(Run(json, new() { AllowComments = true, AllowTrailingCommas = true, AllowMultipleValues = true }));

        Assert.Equal(events, string.Join(' ', _events.Select(text => text[1..])));
    }

    [Theory]
    [InlineData("5B 22 61 FF 22 5D")]
    [InlineData("5B 22 C3 22 5D")]
    [InlineData("5B 22 ED A0 80 22 5D")]
    [InlineData("5B 22 61 62 63 64 65 66 67 68 69 C0 80 22 5D")]
    [InlineData("5B 22 5C 75 64 38 30 30 22 5D")]
    public async Task Text_that_is_not_UTF_8_and_half_of_a_surrogate_pair_are_errors(string bytes)
    {
        var error = await Assert.ThrowsAsync<JsonException>(() => Wait.For(Run(Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal)))));

        Assert.Equal((0, 1), (error.LineNumber, error.BytePositionInLine));
        Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Equal(["0["], _events);
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_is_an_error() =>
        Assert.Contains("UTF-8", (await Assert.ThrowsAsync<JsonException>(() => Wait.For(Run([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}'])))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Objects_and_arrays_of_exactly_the_deepest_nesting_are_read_and_deeper_ones_are_an_error()
    {
        await Wait.For(Run("[{\"a\":[1]}]", new() { MaxDepth = 3 }));
        _events.Clear();

        var error = await Fails("[{\"a\":\n[1,{}]}]", new() { MaxDepth = 3 });
        Assert.Equal((1, 3), (error.LineNumber, error.BytePositionInLine));
        Assert.Equal(["0[", "1{", "2\"a\":", "2[", "31"], _events);

        await Wait.For(Run(new string('[', 1000) + new string(']', 1000)));
        await Fails(new string('[', 1001) + new string(']', 1001));
    }

    [Theory]
    [InlineData("\"{0}\"", 0)]
    [InlineData("[ \"{0}\"]", 2)]
    [InlineData("{\"{0}\":1}", 1)]
    [InlineData("{0}", 0)]
    public async Task A_name_string_or_number_of_exactly_the_longest_is_read_and_a_longer_one_is_an_error(string json, int position)
    {
        var options = new JsonEventsOptions { MaxTokenLength = 100 };
        await Wait.For(Run(json.Replace("{0}", new string('1', 100), StringComparison.Ordinal), options));

        var error = await Fails(json.Replace("{0}", new string('1', 101), StringComparison.Ordinal), options);
        Assert.Equal(position, error.BytePositionInLine);
        Assert.Contains("100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Texts_of_all_lengths_stay_as_they_are_when_later_events_come()
    {
        var texts = Enumerable.Range(0, 3000).Select(i => string.Concat(Enumerable.Range(i, i % 1500).Select(c => (char)('a' + (c % 26))))).ToList();
        var json = JsonSerializer.SerializeToUtf8Bytes(texts.Select((text, i) => new Dictionary<string, object> { [text + i] = i * 1234567L, ["text"] = text }));

        var kept = await Wait.For(Read(json).To(Sink.ToList<JsonEvent>()).RunAsync());

        Assert.Equal(texts, kept.Where(e => e.Kind == JsonEventKind.String).Select(e => e.Text));
        Assert.Equal(texts.SelectMany((text, i) => new[] { text + i, "text" }), kept.Where(e => e.Kind == JsonEventKind.Name).Select(e => e.Name));
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => i * 1234567L), kept.Where(e => e.Kind == JsonEventKind.Number).Select(e => e.TryGetInt64(out var number) ? number : -1));
    }

    [Fact]
    public async Task An_early_end_ends_the_document()
    {
        var json = Pieces.Utf8("[" + string.Concat(Enumerable.Repeat("1,", 20_000)) + "not well-formed");

        var events = await Wait.For(Read(json).Where(e => e.Kind == JsonEventKind.Number).Take(2).To(Sink.ToList<JsonEvent>()).RunAsync());

        Assert.Equal(2, events.Count);
    }

    [Fact]
    public async Task A_run_can_be_canceled_in_the_middle_of_a_document()
    {
        using var stop = new CancellationTokenSource();
        var json = Pieces.Utf8("[" + string.Concat(Enumerable.Repeat("1,", 20_000)) + "1]");
        var run = Read(json).Through<JsonEvent>(Stages.Pass).To(Sink.ForEach<JsonEvent>(e =>
        {
            _events.Add(e.ToString());
            if (_events.Count == 3)
            {
                stop.Cancel();
            }
        })).RunAsync(stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.InRange(_events.Count, 3, 1000);
    }

    private Task Run(string json, JsonEventsOptions? options = null) => Run(Pieces.Utf8(json), options);

    private Task Run(byte[] json, JsonEventsOptions? options = null) =>
        Read(json, options).To(Sink.ForEach<JsonEvent>(e => _events.Add($"{e.Depth}{e}"))).RunAsync();

    private Task<JsonException> Fails(string json, JsonEventsOptions? options = null) =>
        Assert.ThrowsAsync<JsonException>(() => Wait.For(Run(json, options)));
}
