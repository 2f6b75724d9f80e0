using System.Text.Json;
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

    [Fact]
    public async Task A_type_that_cannot_be_read_is_its_own_error() =>
        await Assert.ThrowsAsync<NotSupportedException>(() => ListOf(Source.From(["{}"]).ParseJsonLines<Stream>()));

    [Fact]
    public void Null_is_refused_at_once() =>
        Assert.Throws<ArgumentNullException>("typeInfo", () => Stage.ParseJsonLines((JsonTypeInfo<int>)null!));
}
