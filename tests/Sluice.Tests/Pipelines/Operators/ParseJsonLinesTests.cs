using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Tests;

public sealed class ParseJsonLinesTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("ParseJsonLines", "Int32");

    protected override Stage<int, int> Create() => Stage.Select<int, string>(item => $" {item} ") | Stage.ParseJsonLines<int>();

    protected override Source<int> Extend(Source<int> source) =>
        source is null ? ((Source<string>)null!).ParseJsonLines<int>() : source.Select(item => $"{item}").ParseJsonLines(ToJsonLinesTests.TypeInfo<int>());

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    [Theory]
    [InlineData("{")]
    [InlineData("\"x\"")]
    [InlineData("1 2")]
    [InlineData("null")]
    public async Task An_invalid_line_is_an_error_with_its_number_and_the_items_before_are_delivered(string bad)
    {
        var seen = new List<int>();
        var run = Source.From(["1", "", " ", "2", bad, "3"]).ParseJsonLines<int>().To(Sink.ForEach<int>(seen.Add)).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run));
        Assert.StartsWith("Line 5 is not JSON for System.Int32: ", error.Message, StringComparison.Ordinal);
        Assert.IsType<JsonException>(error.InnerException);
        Assert.Equal("ParseJsonLines", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task Null_is_an_item_only_of_a_nullable_type()
    {
        Assert.Equal([1, null], await ListOf(Source.From(["1", "null"]).ParseJsonLines<int?>()));

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ListOf(Source.From(["\"a\"", "null"]).ParseJsonLines<string>()));
        Assert.StartsWith("Line 2 is null", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_are_counted_anew_in_each_run()
    {
        var pipeline = Source.From(["1", "x"]).ParseJsonLines<int>().To(Sink.Count<int>());
        for (var i = 0; i < 2; i++)
        {
            Assert.StartsWith("Line 2 ", (await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(pipeline.RunAsync()))).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>The failure of a line may come from the serializer, or from code of the type that it calls.</summary>
    [Theory]
    [InlineData("converter")]
    [InlineData("constructor")]
    [InlineData("setter")]
    public async Task What_a_type_throws_names_the_line(string where)
    {
        List<string> lines = [$$"""{"Where":"nowhere"}""", "", $$"""{"Where":"{{where}}"}"""];
        var run = where switch
        {
            "converter" => Wait.For(Source.From(lines).ParseJsonLines<Converted>().To(Sink.Count<Converted>()).RunAsync()),
            "constructor" => Wait.For(Source.From(lines).ParseJsonLines<Constructed>().To(Sink.Count<Constructed>()).RunAsync()),
            _ => Wait.For(Source.From(lines).ParseJsonLines<Set>().To(Sink.Count<Set>()).RunAsync()),
        };

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => run);
        Assert.StartsWith("Line 3 cannot be read as ", error.Message, StringComparison.Ordinal);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(error.InnerException);
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("restart")]
    [InlineData("restart and skip")]
    [InlineData("retry, then skip")]
    public async Task The_line_number_survives_an_error_policy(string policy)
    {
        var numbers = new List<string>();
        var stage = Stage.ParseJsonLines<int>().OnError(
            policy switch
            {
                "skip" => ErrorPolicy.Skip,
                "restart" => ErrorPolicy.Restart(10),
                "restart and skip" => ErrorPolicy.Restart(10, skipItem: true),
                _ => ErrorPolicy.Retry(2, thenSkip: true),
            },
            letter => numbers.Add(letter.Error.Message.Split(" is ")[0]));
        var run = Source.From(["1", "x", "", "2", "y", "z", "3", "x"]).Through(stage).To(Sink.ToList<int>()).RunAsync();

        if (policy == "restart")
        {
            var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run));
            Assert.StartsWith("Line 2 ", error.Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal([1, 2, 3], await Wait.For(run));
        Assert.Equal(["Line 2", "Line 5", "Line 6", "Line 8"], numbers);
    }

    [Fact]
    public async Task The_line_number_survives_several_policies()
    {
        var numbers = new List<string>();
        var stage = Stage.ParseJsonLines<int>().OnError(ErrorPolicy.Retry(1)).OnError(ErrorPolicy.Restart(1)).OnError(ErrorPolicy.Skip, letter => numbers.Add(letter.Error.Message.Split(" is ")[0]));

        Assert.Equal([1, 2, 3], await ListOf(Source.From(["1", "x", "", "2", "y", "z", "3", "x"]).Through(stage)));
        Assert.Equal(["Line 2", "Line 5", "Line 6", "Line 8"], numbers);
    }

    [Fact]
    public async Task An_error_has_one_line_number()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => ListOf(Source.From(["[1]", "[1, x]"]).ParseJsonLines<int[]>()));

        Assert.StartsWith("Line 2 ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("byte 1 of the line.", (await Assert.ThrowsAsync<InvalidDataException>(() => ListOf(Source.From(["x"]).ParseJsonLines<int>()))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_called_that()
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            var error = await ErrorOf([.. encoding.Preamble, .. encoding.GetBytes("1\n2\n")]);
            Assert.Contains("UTF-16", error.Message, StringComparison.Ordinal);
        }

        Assert.Contains("0xFF", (await ErrorOf([(byte)'1', (byte)'\n', 0xFF])).Message, StringComparison.Ordinal);

        static Task<InvalidDataException> ErrorOf(byte[] bytes) =>
            Assert.ThrowsAsync<InvalidDataException>(() => ListOf(Source.Lines(new MemoryStream(bytes)).ParseJsonLines<int>()));
    }

    [Fact]
    public async Task A_type_that_cannot_be_read_is_its_own_error() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => ListOf(Source.From(["{}"]).ParseJsonLines<Stream>()));

    [Fact]
    public void Null_is_refused_at_once() =>
        Assert.Throws<ArgumentNullException>("typeInfo", () => Stage.ParseJsonLines((JsonTypeInfo<int>)null!));

    private static string Checked(string? where, string failing) => where == failing ? throw new FormatException($"The {failing} refuses it.") : where!;

    [JsonConverter(typeof(Converter))]
    private sealed record Converted(string Where);

    private sealed class Converter : JsonConverter<Converted>
    {
        public override Converted Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            return new(Checked(document.RootElement.GetProperty("Where").GetString(), "converter"));
        }

        public override void Write(Utf8JsonWriter writer, Converted value, JsonSerializerOptions options) => writer.WriteStringValue(value.Where);
    }

    private sealed class Constructed(string where)
    {
        public string Where { get; } = Checked(where, "constructor");
    }

    private sealed class Set
    {
        public string Where
        {
            get;
            set => field = Checked(value, "setter");
        } = "";
    }
}
