using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

public sealed class SplitLinesTests : OperatorContract<string>
{
    protected override (string Name, string? Detail) Shown => ("SplitLines", null);

    protected override Stage<int, string> Create() => Stage.Select<int, ReadOnlyMemory<byte>>(BytesOf) | Stage.SplitLines();

    protected override Source<string> Extend(Source<int> source) => source is null ? ((Source<ReadOnlyMemory<byte>>)null!).SplitLines() : source.Select(BytesOf).SplitLines();

    protected override IEnumerable<string> Expected(IReadOnlyList<int> items) => items.Select(item => $"{item}é");

    [Fact]
    public async Task Pieces_may_be_cut_anywhere()
    {
        var characters = Gen.Elements('a', 'é', '日', '\n', '\r', '\uFEFF').ArrayOf().Select(chars => new string(chars));
        var property = Prop.ForAll(characters.ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (text, size) =>
        {
            var whole = Split(null, [Encoding.UTF8.GetBytes(text)]).GetAwaiter().GetResult();
            Assert.Equal(whole, Split(null, Encoding.UTF8.GetBytes(text).Chunk(size)).GetAwaiter().GetResult());
            Assert.Equal(whole, Split(Encoding.Unicode, Encoding.Unicode.GetBytes(text).Chunk(size)).GetAwaiter().GetResult());
            Assert.Equal(whole, ReadAll(text));
            return true;
        });

        await Wait.For(Task.Run(() => Seed.Check(300, property)), "all cases");
    }

    [Fact]
    public async Task Empty_pieces_and_pieces_larger_than_the_buffer_do_no_harm()
    {
        var line = new string('x', 300_000);

        Assert.Equal(["a", line, "b"], await Split(null, [[], "a"u8.ToArray(), [], Encoding.UTF8.GetBytes($"\n{line}\nb")]));
    }

    [Fact]
    public async Task Other_encodings_are_read()
    {
        Assert.Equal(["grün", "é"], await Split(Encoding.Latin1, [Encoding.Latin1.GetBytes("grün\r"), Encoding.Latin1.GetBytes("\né")]));
        Assert.Equal(["日\uFFFD"], await Split(Encoding.BigEndianUnicode, [[0x65], [0xE5, 0x00]]));
        await Assert.ThrowsAsync<DecoderFallbackException>(() => Split(new UTF8Encoding(false, throwOnInvalidBytes: true), [[0xFF]]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_that_is_too_long_is_an_error_that_names_it(bool utf16)
    {
        var (lines, encoding) = (new List<string>(), utf16 ? Encoding.Unicode : Encoding.UTF8);
        var pieces = encoding.GetBytes("a\n0123456789\n0123456789a").Chunk(3).Select(piece => new ReadOnlyMemory<byte>(piece));
        var run = Source.From(pieces).SplitLines(new LinesOptions { MaxLineLength = 10 }, encoding).To(Sink.ForEach<string>(lines.Add)).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run));
        Assert.StartsWith("Line 3 ", error.Message, StringComparison.Ordinal);
        Assert.Equal("SplitLines", error.Data["Sluice.Stage"]);
        Assert.Equal(["a", "0123456789"], lines);
    }

    private static ReadOnlyMemory<byte> BytesOf(int item) => Encoding.UTF8.GetBytes($"{item}é\n");

    private static Task<List<string>> Split(Encoding? encoding, IEnumerable<byte[]> pieces) =>
        ListOf(Source.From(pieces.Select(piece => new ReadOnlyMemory<byte>(piece))).SplitLines(encoding: encoding));

    private static List<string> ReadAll(string text)
    {
        using var reader = new StringReader(text.StartsWith('\uFEFF') ? text[1..] : text);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
