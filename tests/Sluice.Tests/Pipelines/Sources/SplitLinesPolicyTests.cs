using System.Text;

namespace Sluice.Tests;

/// <summary>Under an error policy a stage that is fed with pieces of bytes loses the line that is bad, and not the piece that it is in.</summary>
public sealed class SplitLinesPolicyTests
{
    public static IEnumerable<object[]> StrictCases =>
        from name in new[] { "utf-8", "utf-16", "utf-16BE", "utf-32" } from ending in new[] { "\n", "\r\n", "\r" } from size in new[] { 1, 3, 4, 1001, 1 << 20 } select new object[] { name, ending, size };

    public static IEnumerable<object[]> Cases => from ending in new[] { "\n", "\r\n", "\r" } from size in new[] { 1, 7, 1000, 1 << 20 } select new object[] { ending, size };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_line_that_its_parser_refuses_is_left_out(string ending, int size)
    {
        var letters = new List<DeadLetter<ReadOnlyMemory<byte>>>();
        var stage = Stage.SplitLines<string>(() => Parse).OnError(ErrorPolicy.Skip, letters.Add);

        Assert.Equal(Expected(number => number % 400 != 0), await Read(stage, Text(ending, number => number % 400 == 0 ? "bad" : $"{number}"), Encoding.UTF8, size));
        Assert.Equal(["bad", "bad"], letters.Select(letter => Encoding.UTF8.GetString(letter.Item.Span)));
        Assert.Equal(["line 400", "line 800"], letters.Select(letter => letter.Error.Message));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_line_that_is_too_long_is_left_out(string ending, int size)
    {
        var letters = new List<string>();
        var stage = Stage.SplitLines<string>(() => Parse, new LinesOptions { MaxLineLength = 10 }).OnError(ErrorPolicy.Skip, letter => letters.Add(letter.Error.Message.Split(" of ")[0]));
        var bad = new string('x', 100_000);

        Assert.Equal(Expected(number => number != 500), await Read(stage, Text(ending, number => number == 500 ? bad : $"{number}"), Encoding.UTF8, size));
        Assert.Equal(["Line 500"], letters);
    }

    [Theory]
    [MemberData(nameof(StrictCases))]
    public async Task A_line_that_strict_decoding_refuses_is_left_out(string name, string ending, int size)
    {
        // In UTF-16 the characters around the fault have the bytes of a line ending.
        const string Bad = "\u0A0D!x!\u0D0A";
        var letters = new List<DeadLetter<ReadOnlyMemory<byte>>>();
        var stage = Stage.SplitLines(encoding: Strict(name)).OnError(ErrorPolicy.Skip, letters.Add);
        var bytes = Broken(name, Text(ending, number => number is 500 or 501 or 1000 ? Bad : $"{number}")[..^ending.Length]);

        Assert.Equal(from number in Enumerable.Range(1, 999) where number is not (500 or 501) select $"{number}", await Read(stage, bytes, size));
        Assert.Equal(["Line 500", "Line 501", "Line 1000"], letters.Select(letter => letter.Error.Message.Split(" of ")[0]));
        Assert.All(letters, letter => Assert.True(Broken(name, Bad).AsSpan().StartsWith(letter.Item.Span), "A dead letter has the line's bytes as they have come."));
        Assert.All(letters, letter => Assert.Equal(size == 1 << 20 ? Broken(name, Bad).Length : letter.Item.Length, letter.Item.Length));
    }

    [Theory]
    [MemberData(nameof(StrictCases))]
    public async Task Strict_decoding_delivers_the_lines_before_the_fault_and_names_its_line(string name, string ending, int size)
    {
        var lines = new List<string>();
        var bytes = Broken(name, Text(ending, number => number == 3 ? "!" : $"{number}"));
        var run = Pieces.Source(bytes.Chunk(size)).SplitLines(encoding: Strict(name)).To(Sink.ForEach<string>(lines.Add)).RunAsync();

        var error = await Assert.ThrowsAsync<DecoderFallbackException>(() => Wait.For(run));
        Assert.Equal(["1", "2"], lines);
        Assert.StartsWith("Line 3 ", error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.BytesUnknown!);
    }

    [Fact]
    public async Task The_last_line_is_left_out_also_if_it_has_no_ending()
    {
        var stage = Stage.SplitLines<string>(() => Parse).OnError(ErrorPolicy.Skip);

        Assert.Equal(["1: a"], await Read(stage, "a\nbad", Encoding.UTF8, 100));
        Assert.Equal(["1: a"], await Read(stage, "a\nbad", Encoding.UTF8, 1));
    }

    /// <summary>A line that begins at the end is not complete: only there it is known that it will not be.</summary>
    [Theory]
    [InlineData("utf-8", new byte[] { 0xC3 })]
    [InlineData("utf-16", new byte[] { 0x41 })]
    [InlineData("utf-16", new byte[] { 0x00, 0xD8 })]
    [InlineData("utf-32", new byte[] { 0x41, 0x00 })]
    public async Task A_character_that_is_cut_off_at_the_end_is_left_out_with_its_line(string name, byte[] begun)
    {
        byte[] bytes = [.. Encoding.GetEncoding(name).GetBytes("a\nb"), .. begun];
        foreach (var size in new[] { 1, 100 })
        {
            Assert.Equal(["a"], await Read(Stage.SplitLines(encoding: Strict(name)).OnError(ErrorPolicy.Skip), bytes, size));
            var error = await Assert.ThrowsAsync<DecoderFallbackException>(() => Read(Stage.SplitLines(encoding: Strict(name)), bytes, size));
            Assert.StartsWith("Line 2 ", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_fallback_of_ones_own_that_throws_is_told_with_its_line()
    {
        var encoding = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, new Refusing());
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Read(Stage.SplitLines(encoding: encoding), [(byte)'a', (byte)'\n', 0xFF], 100));

        Assert.StartsWith("Line 2 ", error.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Equal(["a", "b"], await Read(Stage.SplitLines(encoding: encoding).OnError(ErrorPolicy.Skip), [(byte)'a', (byte)'\n', 0xFF, (byte)'\n', (byte)'b'], 100));
    }

    [Fact]
    public async Task A_line_is_tried_again_as_often_as_its_policies_say()
    {
        var attempts = new List<string>();
        var stage = Stage.SplitLines<string>(() => Flaky).OnError(ErrorPolicy.Retry(2, thenSkip: true));
        Assert.Equal(["a", "b", "c"], await Read(stage, "a\nb\nbad\nc", Encoding.UTF8, 100));
        Assert.Equal(["a", "b", "b", "bad", "bad", "bad", "c"], attempts);

        attempts.Clear();
        stage = Stage.SplitLines<string>(() => Flaky).OnError(ErrorPolicy.Retry(1)).OnError(ErrorPolicy.Retry(1)).OnError(ErrorPolicy.Skip);
        Assert.Equal(["a", "b", "c"], await Read(stage, "a\nb\nbad\nc", Encoding.UTF8, 100));
        Assert.Equal(["a", "b", "b", "bad", "bad", "bad", "bad", "c"], attempts);

        attempts.Clear();
        stage = Stage.SplitLines<string>(() => Flaky).OnError(ErrorPolicy.Retry(1));
        Assert.Equal("bad", (await Assert.ThrowsAsync<FormatException>(() => Read(stage, "a\nb\nbad\nc", Encoding.UTF8, 100))).Message);

        string Flaky(ReadOnlySpan<byte> line, long number)
        {
            var text = Encoding.UTF8.GetString(line);
            attempts.Add(text);
            return text == "bad" || (text == "b" && attempts.Count(attempt => attempt == "b") == 1) ? throw new FormatException(text) : text;
        }
    }

    [Fact]
    public async Task A_failure_behind_the_stage_is_not_the_failure_of_a_line()
    {
        var letters = new List<string>();
        var stage = Stage.SplitLines().OnError(ErrorPolicy.Skip, _ => letters.Add("letter"));
        var run = Pieces.Source("a\nb\n"u8.ToArray().Chunk(100)).Through(stage).To(Sink.ForEach<string>(line => throw new FormatException(line))).RunAsync();

        Assert.Equal("a", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
        Assert.Empty(letters);
    }

    private sealed class Refusing : DecoderFallback
    {
        public override int MaxCharCount => 1;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            public override int Remaining => 0;

            public override bool Fallback(byte[] bytesUnknown, int index) => throw new FormatException("Not here.");

            public override char GetNextChar() => '\0';

            public override bool MovePrevious() => false;
        }
    }

    private static string Parse(ReadOnlySpan<byte> line, long number) =>
        line.SequenceEqual("bad"u8) ? throw new FormatException($"line {number}") : $"{number}: {Encoding.UTF8.GetString(line)}";

    private static string Text(string ending, Func<int, string> line) => string.Concat(Enumerable.Range(1, 1000).Select(number => line(number) + ending));

    private static IEnumerable<string> Expected(Func<int, bool> isGood) => Enumerable.Range(1, 1000).Where(isGood).Select(number => $"{number}: {number}");

    /// <summary>The bytes of a text, with bytes that are no character where it has an exclamation mark.</summary>
    private static byte[] Broken(string name, string text)
    {
        var parts = text.Split('!');
        var encoding = Encoding.GetEncoding(name);
        byte[] bad = name switch
        {
            "utf-8" => [0xFF],
            "utf-16" => [0x00, 0xDC],
            "utf-16BE" => [0xDC, 0x00],
            _ => [0xFF, 0xFF, 0xFF, 0xFF],
        };
        return [.. encoding.GetBytes(parts[0]), .. parts[1..].SelectMany(part => bad.Concat(encoding.GetBytes(part)))];
    }

    private static Encoding Strict(string name) => Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static Task<List<T>> Read<T>(Stage<ReadOnlyMemory<byte>, T> stage, string text, Encoding encoding, int size) => Read(stage, encoding.GetBytes(text), size);

    private static Task<List<T>> Read<T>(Stage<ReadOnlyMemory<byte>, T> stage, byte[] bytes, int size) => ListOf(Pieces.Source(bytes.Chunk(size)).Through(stage));

    private static Task<List<T>> ListOf<T>(Source<T> source) => Wait.For(source.To(Sink.ToList<T>()).RunAsync());
}
