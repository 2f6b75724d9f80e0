using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Tests;

public sealed class ToJsonLinesTests : OperatorContract<string>
{
    protected override (string Name, string? Detail) Shown => ("ToJsonLines", "Int32");

    protected override Stage<int, string> Create() => Stage.ToJsonLines<int>();

    protected override Source<string> Extend(Source<int> source) => source.ToJsonLines(TypeInfo<int>());

    protected override IEnumerable<string> Expected(IReadOnlyList<int> items) => items.Select(item => $"{item}");

    internal static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)JsonSerializerOptions.Default.GetTypeInfo(typeof(T));

    [Fact]
    public async Task Objects_are_one_line_each_whatever_their_text()
    {
        Stop[] stops = [new("a\r\nb", 1), new("日", 2)];
        var lines = await ListOf(Source.From(stops).ToJsonLines(JsonSerializerOptions.Web));

        Assert.Equal("""{"name":"a\r\nb","route":1}""", lines[0]);
        Assert.Equal(stops, await ListOf(Source.From(lines).ParseJsonLines<Stop>(JsonSerializerOptions.Web)));
    }

    [Fact]
    public async Task Null_is_a_line_too() => Assert.Equal(["null", "1"], await ListOf(Source.From(new int?[] { null, 1 }).ToJsonLines()));

    [Fact]
    public async Task What_cannot_be_written_fails_the_run()
    {
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => ListOf(Source.From([typeof(int)]).ToJsonLines()));

        Assert.Equal("ToJsonLines", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        var indented = new JsonSerializerOptions { WriteIndented = true, TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

        Assert.Throws<ArgumentException>("options", () => Stage.ToJsonLines<int>(indented));
        Assert.Throws<ArgumentException>("typeInfo", () => Stage.ToJsonLines((JsonTypeInfo<int>)indented.GetTypeInfo(typeof(int))));
        Assert.Throws<ArgumentNullException>("typeInfo", () => Stage.ToJsonLines((JsonTypeInfo<int>)null!));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).ToJsonLines());
    }

    private sealed record Stop(string Name, int Route);
}
