using System.Text;
using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>Streams whose bytes come when they come.</summary>
public sealed class JsonEventsLiveTests : IDisposable
{
    private readonly HandFedStream _live = new();
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    public void Dispose() => _live.Dispose();

    [Fact]
    public async Task Events_of_a_live_stream_are_sent_before_more_is_waited_for()
    {
        var run = Run();
        await Feed("{", "{");
        await Feed("\"na");
        await Feed("me\"");
        await Feed("  ");
        await Feed(":", "\"name\":");
        await Feed(" tr");
        await Feed("ue", "true");
        await Feed(", ");
        await Feed("\"n\\");
        await Feed("\"\": \"x", "\"n\"\":");
        await Feed("\"", "\"x\"");
        await Feed(",\"a\":[12", "\"a\":", "[");
        await Feed("3,4", "123");
        await Feed("]}", "4", "]", "}");
        _live.End();

        await Wait.For(run);
        Assert.False(_events.Reader.TryRead(out _));
        Assert.False(_live.IsDisposed);
    }

    [Fact]
    public async Task Comments_in_pieces_do_not_hold_up_what_is_behind_them()
    {
        var run = Run(new() { AllowComments = true });
        await Feed("[1,", "[", "1");
        await Feed(" /* \" ");
        await Feed("** *");
        await Feed("/ /");
        await Feed("/ \" \n \"x");
        await Feed("\" ", "\"x\"");
        await Feed("/");
        await Feed("**/]", "]");
        _live.End();

        await Wait.For(run);
    }

    [Fact]
    public async Task A_large_string_comes_with_its_last_byte()
    {
        var run = Run();
        _live.Feed((byte)'"');
        for (var i = 0; i < 1000; i++)
        {
            _live.Feed(Encoding.ASCII.GetBytes("some text, \\\"with\\\" escapes and [brackets]"));
        }

        await Feed("\"", $"\"{string.Concat(Enumerable.Repeat("some text, \"with\" escapes and [brackets]", 1000))}\"");
        _live.End();

        await Wait.For(run);
    }

    [Fact]
    public async Task A_run_that_waits_for_the_stream_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var run = Run(cancellation: stop.Token);
        await Feed("[1,", "[", "1");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task An_early_end_waits_for_nothing_more()
    {
        _live.Feed("[1,2"u8.ToArray());

        Assert.Equal(2, await Wait.For(JsonEvents.Read(_live).Take(2).To(Sink.Count<JsonEvent>()).RunAsync()));
        Assert.Equal(1, _live.Reads);
    }

    [Fact]
    public async Task An_error_of_the_stream_comes_behind_the_events_before()
    {
        var cause = new IOException();
        _live.Feed("[1,2"u8.ToArray());
        _live.End(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<IOException>(() => Wait.For(Run())));
        Assert.Equal(["[", "1"], await Next(2));
    }

    /// <summary>Looking at it again with each piece would take minutes: more than is waited for.</summary>
    [Theory]
    [InlineData("\"", "some \\\"text, with [more], ", "\"")]
    [InlineData("[1,/*", " // * \" ", "*/2]")]
    [InlineData("[1,//", " /* */ \" ", "\n2]")]
    [InlineData("[1,", "        ", "2]")]
    [InlineData("{\"a\"", "        ", ":2}")]
    [InlineData("", "0123456789", " ")]
    public async Task Time_does_not_grow_with_the_number_of_pieces_of_a_token(string start, string middle, string end)
    {
        const int MinLength = 4_000_000;
        var json = Pieces.Utf8(start + string.Concat(Enumerable.Repeat(middle, MinLength / middle.Length)) + end);
        json = json.AsSpan().StartsWith("0"u8) ? json[1..] : json;
        var pieces = Enumerable.Range(0, (json.Length + 3) / 4).Select(i => new ReadOnlyMemory<byte>(json, i * 4, Math.Min(4, json.Length - (i * 4))));

        var count = await Wait.For(Source.From(pieces).Through(JsonEvents.Parse(new() { AllowComments = true })).To(Sink.Count<JsonEvent>()).RunAsync());

        Assert.InRange(count, 1, 4);
    }

    private Task Run(JsonEventsOptions? options = null, CancellationToken cancellation = default) =>
        JsonEvents.Read(_live, options).Select(e => e.ToString()).To(Sink.WriteTo(_events.Writer)).RunAsync(cancellation);

    private async Task Feed(string text, params string[] events)
    {
        _live.Feed(Pieces.Utf8(text));
        Assert.Equal(events, await Next(events.Length));
    }

    private async Task<List<string>> Next(int count)
    {
        var events = new List<string>();
        while (events.Count < count)
        {
            events.Add(await Wait.For(_events.Reader.ReadAsync().AsTask()));
        }

        return events;
    }
}
