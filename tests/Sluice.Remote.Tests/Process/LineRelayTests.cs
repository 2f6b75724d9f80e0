using System.Text;

namespace Sluice.Tests;

public sealed class LineRelayTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Without_a_prefix_the_bytes_are_passed_on_as_they_are(int pieces)
    {
        byte[] bytes = [.. Enumerable.Range(0, 5000).Select(number => (byte)(number * 7))];

        Assert.Equal(bytes, await Relay(bytes, pieces));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("one", "> one\n")]
    [InlineData("one\n", "> one\n")]
    [InlineData("one\n\nthree", "> one\n> \n> three\n")]
    [InlineData("ä\r\nö\n", "> ä\r\n> ö\n")]
    public async Task With_a_prefix_each_line_begins_with_it_however_it_comes(string text, string expected)
    {
        foreach (var pieces in new[] { 1, 2, 100 })
        {
            Assert.Equal(expected, Encoding.UTF8.GetString(await Relay(Encoding.UTF8.GetBytes(text), pieces, "> ")));
        }
    }

    [Fact]
    public async Task A_line_is_passed_on_in_one_write_when_it_is_whole()
    {
        var from = new HandFedStream();
        var to = new RecordingStream();
        var relay = new LineRelay(to, null).RunAsync(from, CancellationToken.None);
        foreach (var piece in new[] { "on", "e\ntw", "o", "\n", "three" })
        {
            from.Feed(Encoding.UTF8.GetBytes(piece));
        }

        from.End();
        await Wait.For(relay);

        Assert.Equal(["one\n", "two\n", "three"], to.Writes);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_passed_on_in_pieces_with_one_prefix()
    {
        var text = new string('x', LineRelay.MaxLine * 2 + 10) + "\nnext\n";

        Assert.Equal("> " + text.Replace("\n", "\n> ", StringComparison.Ordinal)[..^2], Encoding.UTF8.GetString(await Relay(Encoding.UTF8.GetBytes(text), 5000, "> ")));
    }

    [Fact]
    public async Task What_has_come_of_a_last_line_is_passed_on_when_the_relay_is_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var from = new HandFedStream();
        var to = new RecordingStream();
        var relay = new LineRelay(to, "> ").RunAsync(from, stop.Token);
        from.Feed("one\ntwo"u8.ToArray());
        await Wait.For(to.Written.Task);
        await stop.CancelAsync();
        await Wait.For(relay);

        Assert.Equal(["> one\n", "> two\n"], to.Writes);
    }

    [Fact]
    public void The_message_above_a_long_stack_trace_is_kept()
    {
        var tail = new ErrorTail();
        tail.Add(Encoding.UTF8.GetBytes($"Process terminated. It is full.\n{string.Concat(Enumerable.Range(0, 50).Select(number => $"   at Frame{number}()\n"))}Aborted\n"));

        Assert.Equal(["Process terminated. It is full.", .. Enumerable.Range(0, ErrorTail.MaxFrames).Select(number => $"   at Frame{number}()"), "Aborted"], tail.Lines);
    }

    [Fact]
    public async Task A_worker_does_not_wait_for_output_that_takes_nothing_and_the_failure_is_kept()
    {
        var tail = new ErrorTail();
        var relay = new LineRelay(new BrokenStream(), null, tail);
        await relay.RunAsync(new PieceStream(Enumerable.Repeat((ReadOnlyMemory<byte>)"line\n"u8.ToArray(), 100)), CancellationToken.None);

        Assert.Equal("It is full.", relay.Failure?.Message);
        Assert.Equal(Enumerable.Repeat("line", 20), tail.Lines);
    }

    [Fact]
    public void Of_standard_error_the_last_lines_are_kept_each_cut()
    {
        var tail = new ErrorTail();
        for (var number = 1; number <= 30; number++)
        {
            tail.Add(Encoding.UTF8.GetBytes($"line {number}\r\n"));
        }

        tail.Add("begin"u8);
        tail.Add(" and end\n"u8);
        tail.Add(Encoding.UTF8.GetBytes(new string('y', 5000)));
        tail.Add("\nopen"u8);

        var lines = tail.Lines;
        Assert.Equal(ErrorTail.MaxLines, lines.Count);
        Assert.Equal(["line 30", "begin and end", new string('y', ErrorTail.MaxLineLength), "open"], lines.TakeLast(4));
    }

    private static async Task<byte[]> Relay(byte[] bytes, int pieces, string? prefix = null)
    {
        var length = Math.Max(1, bytes.Length / pieces);
        var to = new MemoryStream();
        await new LineRelay(to, prefix).RunAsync(new PieceStream(bytes.Chunk(length).Select(piece => (ReadOnlyMemory<byte>)piece)), CancellationToken.None);
        return to.ToArray();
    }

    private sealed class RecordingStream : MemoryStream
    {
        internal List<string> Writes { get; } = [];

        internal Signal Written { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes.Add(Encoding.UTF8.GetString(buffer));
            if (Writes.Count == 1)
            {
                Written.Set();
            }
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("It is full.");
    }
}
