using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

public sealed class LinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\nb\n", new[] { "a", "b" })]
    [InlineData("a\nb", new[] { "a", "b" })]
    [InlineData("a\r\nb\r\n", new[] { "a", "b" })]
    [InlineData("a\rb\r", new[] { "a", "b" })]
    [InlineData("a\n\nb\r\rc\r\n\r\nd", new[] { "a", "", "b", "", "c", "", "d" })]
    [InlineData("\n", new[] { "" })]
    [InlineData("\r\n", new[] { "" })]
    [InlineData("\n\r", new[] { "", "" })]
    [InlineData("\uFEFFa\nb", new[] { "a", "b" })]
    [InlineData("\uFEFF", new string[0])]
    [InlineData("\uFEFF\n", new[] { "" })]
    [InlineData("a\n\uFEFFb", new[] { "a", "\uFEFFb" })]
    [InlineData("grün\n日本\n🚌", new[] { "grün", "日本", "🚌" })]
    [InlineData("a\u2028b\u0085c\fd", new[] { "a\u2028b\u0085c\fd" })]
    public async Task Lines_end_with_LF_CRLF_or_CR_and_the_last_one_needs_no_ending(string text, string[] lines) =>
        Assert.Equal(lines, await Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_become_the_replacement_character()
    {
        byte[] bytes = [(byte)'a', 0xFF, (byte)'b', (byte)'\n', 0xE2, 0x82, (byte)'\n', 0xC3, 0xBC];

        Assert.Equal(["a\uFFFDb", "\uFFFD", "ü"], await Read(bytes));
    }

    [Fact]
    public async Task Any_text_has_the_lines_that_a_string_reader_gives()
    {
        var characters = Gen.Elements('a', 'b', ' ', 'é', '日', '\uD83D', '\uDE8C', '\n', '\n', '\r', '\r', '\uFEFF', '\0');
        var texts = characters.ArrayOf().Select(chars => new string(chars)).ToArbitrary();

        await CheckAll(Prop.ForAll(texts, text => SameAsReader(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public async Task Any_bytes_have_the_lines_that_a_string_reader_gives()
    {
        var bytes = Gen.OneOf(Gen.Elements((byte)'\n', (byte)'\r', (byte)'a', (byte)0xEF, (byte)0xBB, (byte)0xBF), Gen.Choose(0, 255).Select(x => (byte)x));

        await CheckAll(Prop.ForAll(bytes.ArrayOf().ToArbitrary(), SameAsReader));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task Lines_may_be_split_anywhere_across_the_buffers_that_are_read(string ending)
    {
        for (var padding = 0; padding < 8; padding++)
        {
            var text = new StringBuilder(new string('x', padding)).Append(ending);
            for (var i = 0; i < 6000; i++)
            {
                text.Append("日本é").Append(i).Append(ending);
            }

            Assert.Equal(Expected(Encoding.UTF8.GetBytes(text.ToString())), await Read(Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    [Theory]
    [InlineData(32 << 10)]
    [InlineData(64 << 10)]
    public async Task A_line_ending_may_stand_at_the_edge_of_a_buffer(int edge)
    {
        for (var length = edge - 4; length <= edge + 4; length++)
        {
            var bytes = Encoding.UTF8.GetBytes(new string('x', length) + "\r\nb\rc\n");

            Assert.Equal([new string('x', length), "b", "c"], await Read(bytes));
        }
    }

    [Fact]
    public async Task A_line_of_five_megabytes_is_one_line()
    {
        var line = string.Concat(Enumerable.Repeat("0123456789", 500_000));

        Assert.Equal(["before", line, "behind"], await Read(Encoding.UTF8.GetBytes($"before\n{line}\nbehind\n")));
    }

    [Fact]
    public async Task Lines_are_read_only_as_far_as_they_are_taken()
    {
        var path = _folder.Write("lines.txt", string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i}\n")));
        var seen = 0;

        Assert.Equal(["1", "2"], await Wait.For(Source.Lines(path).Tap(_ => seen++).Take(2).To(Sink.ToList<string>()).RunAsync()));
        Assert.Equal(2, seen);
    }

    [Fact]
    public async Task A_failure_tells_the_index_of_the_line_also_far_into_the_file()
    {
        var path = _folder.Write("lines.txt", string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i}\n")));
        var run = Source.Lines(path).To(Sink.ForEach<string>(line => Stages.ThrowAt(int.Parse(line, null), 1234, new FormatException()))).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(1234L, Convert.ToInt64(error.Data["Sluice.Item"], null));
    }

    private static Task CheckAll(Property property) =>
        Wait.For(Task.Run(() => Seed.Check(300, property)), "all cases");

    private bool SameAsReader(byte[] bytes)
    {
        var read = Read(bytes).GetAwaiter().GetResult();
        Assert.Equal(Expected(bytes), read);
        return true;
    }

    private Task<List<string>> Read(byte[] bytes) =>
        Wait.For(Source.Lines(_folder.Write("lines.txt", bytes)).To(Sink.ToList<string>()).RunAsync());

    private static List<string> Expected(byte[] bytes)
    {
        var lines = new List<string>();
        using var reader = new StringReader(Encoding.UTF8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes));
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
