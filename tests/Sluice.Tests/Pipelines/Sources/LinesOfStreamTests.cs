using System.Globalization;
using System.Text;

namespace Sluice.Tests;

public sealed class LinesOfStreamTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\r\nb", new[] { "a", "b" })]
    [InlineData("\uFEFFgrün\n\n日本\r", new[] { "grün", "", "日本" })]
    public async Task A_stream_gives_its_lines(string text, string[] lines) =>
        Assert.Equal(lines, await Wait.For(Source.Lines(new MemoryStream(Encoding.UTF8.GetBytes(text))).To(Sink.ToList<string>()).RunAsync()));

    [Fact]
    public async Task Lines_of_a_live_stream_are_sent_as_they_come_and_the_stream_stays_open()
    {
        var (stream, lines) = (new HandFedStream(), System.Threading.Channels.Channel.CreateUnbounded<string>());
        var run = Source.Lines(stream).To(Sink.WriteTo(lines.Writer)).RunAsync();
        stream.Feed("a\nb"u8.ToArray());
        Assert.Equal("a", await Wait.For(lines.Reader.ReadAsync().AsTask()));
        stream.Feed("c\n"u8.ToArray());
        Assert.Equal("bc", await Wait.For(lines.Reader.ReadAsync().AsTask()));
        stream.Feed("\uFEFFd"u8.ToArray());
        stream.End();

        await Wait.For(run);
        Assert.Equal("\uFEFFd", await Wait.For(lines.Reader.ReadAsync().AsTask()));
        Assert.False(stream.IsDisposed);
    }

    [Fact]
    public async Task A_byte_order_mark_behind_a_short_first_line_is_text()
    {
        var stream = new HandFedStream();
        var run = Source.Lines(stream).To(Sink.ToList<string>()).RunAsync();
        stream.Feed("\n"u8.ToArray());
        stream.Feed("\uFEFFa\n"u8.ToArray());
        stream.End();

        Assert.Equal(["", "\uFEFFa"], await Wait.For(run));
    }

    [Fact]
    public async Task A_line_that_is_too_long_and_an_error_of_the_stream_fail_the_run_after_the_lines_before()
    {
        var lines = new List<string>();
        var tooLong = Source.Lines(new MemoryStream("a\n0123\n"u8.ToArray()), new LinesOptions { MaxLineLength = 3 }).To(Sink.ForEach<string>(lines.Add)).RunAsync();
        Assert.Contains("Line 2 of 'the stream'", (await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(tooLong))).Message, StringComparison.Ordinal);

        var (stream, cause) = (new HandFedStream(), new IOException());
        stream.Feed("b\nrest"u8.ToArray());
        stream.End(cause);
        var failing = Source.Lines(stream).To(Sink.ForEach<string>(lines.Add)).RunAsync();
        Assert.Same(cause, await Assert.ThrowsAsync<IOException>(() => Wait.For(failing)));
        Assert.Equal(["a", "b"], lines);
    }

    [Fact]
    public async Task A_line_that_its_parser_refuses_fails_the_run_after_the_lines_before()
    {
        var items = new List<int>();
        var run = Source.Lines<int>(new MemoryStream("1\n2\nx\n3\n"u8.ToArray()), static () => static (line, _) => int.Parse(line, CultureInfo.InvariantCulture)).To(Sink.ForEach<int>(items.Add)).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal([1, 2], items);
    }

    [Fact]
    public async Task A_run_that_waits_for_the_stream_is_canceled_and_an_early_end_reads_no_more()
    {
        using var stop = new CancellationTokenSource();
        var stream = new HandFedStream();
        var run = Source.Lines(stream).To(Sink.Count<string>()).RunAsync(stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));

        stream.Feed("a\nb\n"u8.ToArray());
        Assert.Equal(["a"], await Wait.For(Source.Lines(stream).Take(1).To(Sink.ToList<string>()).RunAsync(CancellationToken.None)));
        Assert.Equal(2, stream.Reads);
    }

    [Fact]
    public async Task A_read_that_cannot_be_called_off_does_not_keep_a_run_from_ending()
    {
        using var stop = new CancellationTokenSource();
        var stream = new HandFedStream();
        var read = Source.UncancelableRead(stream)(new byte[4], stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(read));

        stream.End(); // lets the thread go that reads
    }

    [Fact]
    public void Null_is_refused_at_once() => Assert.Throws<ArgumentNullException>("stream", () => Source.Lines((Stream)null!));
}
