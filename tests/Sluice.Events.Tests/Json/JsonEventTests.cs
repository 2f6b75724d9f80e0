namespace Sluice.Tests;

public sealed class JsonEventTests
{
    [Theory]
    [InlineData("0", 0L, 0.0, "0")]
    [InlineData("-9223372036854775808", long.MinValue, -9.223372036854775808e18, "-9223372036854775808")]
    [InlineData("9223372036854775808", null, 9.223372036854775808e18, "9223372036854775808")]
    [InlineData("1.50", null, 1.5, "1.50")]
    [InlineData("-12e-1", null, -1.2, "-1.2")]
    [InlineData("1E400", null, double.PositiveInfinity, null)]
    [InlineData("12345678", 12345678L, 12345678.0, "12345678")]
    public async Task Numbers_are_read_as_what_is_asked_for(string json, long? whole, double real, string? exact)
    {
        var number = Assert.Single(await EventsOf(json));

        Assert.Equal((json, ""), (number.Text, number.Name));
        Assert.Equal(whole, number.TryGetInt64(out var int64) ? int64 : null);
        Assert.Equal(real, number.TryGetDouble(out var float64) ? float64 : double.NaN);
        Assert.Equal(exact, number.TryGetDecimal(out var @decimal) ? @decimal.ToString(System.Globalization.CultureInfo.InvariantCulture) : null);
    }

    [Fact]
    public async Task Events_tell_what_they_are_and_nothing_of_what_they_are_not()
    {
        var events = await EventsOf("{\"id\":\"22\",\"n\":[null]}");

        Assert.Equal(
            [JsonEventKind.StartObject, JsonEventKind.Name, JsonEventKind.String, JsonEventKind.Name, JsonEventKind.StartArray, JsonEventKind.Null, JsonEventKind.EndArray, JsonEventKind.EndObject],
            events.Select(e => e.Kind));
        Assert.Equal(["", "id", "", "n", "", "", "", ""], events.Select(e => e.Name));
        Assert.Equal(["", "", "22", "", "", "", "", ""], events.Select(e => e.Text));
        Assert.True(events[1].IsName("id") && events[2].IsString("22"));
        Assert.False(events[1].IsName("ID") || events[1].IsString("id") || events[2].IsString("2") || events[2].IsName("22") || events[0].IsName(""));
        Assert.False(events[2].TryGetInt64(out _) || events[2].TryGetDouble(out _) || events[2].TryGetDecimal(out _));
        Assert.Equal("22"u8.ToArray(), events[2].Utf8.ToArray());
        Assert.Equal((JsonEventKind.None, "", "", ""), (default(JsonEvent).Kind, default(JsonEvent).Name, default(JsonEvent).Text, default(JsonEvent).ToString()));
    }

    [Fact]
    public async Task Texts_that_are_not_ASCII_are_compared_by_their_characters()
    {
        var events = await EventsOf("[\"grün\",\"日本の文字列です\",\"x\"]");

        Assert.True(events[1].IsString("grün") && events[2].IsString("日本の文字列です"));
        Assert.False(events[1].IsString("grun") || events[2].IsString("日") || events[3].IsString("é"));
    }

    [Fact]
    public async Task Events_are_equal_to_events_that_were_made_by_hand()
    {
        JsonEvent[] expected =
        [
            JsonEvent.Create(JsonEventKind.StartObject),
            JsonEvent.Create(JsonEventKind.Name, "a", 1),
            JsonEvent.Create(JsonEventKind.String, "a text that is not short", 1),
            JsonEvent.Create(JsonEventKind.Name, "a", 1),
            JsonEvent.Create(JsonEventKind.Number, "1", 1),
            JsonEvent.Create(JsonEventKind.EndObject),
        ];
        var events = await EventsOf("{\"a\":\"a text that is not short\",\"a\":1}");

        Assert.Equal(expected, events);
        Assert.Equal(expected.Select(e => e.GetHashCode()), events.Select(e => e.GetHashCode()));
        Assert.True(events[0] != events[5] && events[1] == events[3] && events[1].Equals((object)events[3]));
        Assert.True(events[4] != JsonEvent.Create(JsonEventKind.Number, "1", 2) && events[4] != JsonEvent.Create(JsonEventKind.String, "1", 1));
    }

    /// <summary>More names than are remembered, and names that are too long to be.</summary>
    [Fact]
    public async Task Names_that_are_not_remembered_are_read_as_well()
    {
        var names = Enumerable.Range(0, 3000).Select(i => i % 100 == 0 ? new string('n', 200) + i : $"name {i}").ToList();
        var events = await EventsOf("{" + string.Join(',', names.Concat(names).Select(name => $"\"{name}\":1")) + "}");

        var read = events.Where(e => e.Kind == JsonEventKind.Name).ToList();
        Assert.Equal(names.Concat(names), read.Select(e => e.Name));
        Assert.All(names.Zip(read), pair => Assert.True(pair.Second.IsName(pair.First)));
        Assert.Same(read[1].Name, read[3001].Name);
    }

    private static Task<List<JsonEvent>> EventsOf(string json) =>
        Wait.For(JsonEvents.Read(new MemoryStream(Pieces.Utf8(json))).To(Sink.ToList<JsonEvent>()).RunAsync());
}
