using System.Text;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Joins pieces of bytes and cuts them into lines of text, without their endings (LF, CR LF or CR), and the last
    /// line also if it has no ending.</summary>
    /// <remarks>A line, a character, or CR LF may span any number of pieces; a line is sent on as soon as its ending has come in. A byte
    /// order mark at the beginning is left out. Bytes that the encoding does not know become U+FFFD. It copies what it keeps:
    /// a piece may be written to again once its send has completed. What is left of an unfinished line is dropped
    /// if what is before it fails, if nobody takes the lines any more, or if the run is cancelled.</remarks>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own. At a line that is too long the run fails with an
    /// <see cref="InvalidDataException"/> that names it; the lines before were sent on.</param>
    /// <param name="encoding">The encoding of the bytes, whose own handling of bytes that it does not know is used. Default UTF-8. With
    /// another one the limit still counts bytes of UTF-8.</param>
    /// <returns>The stage.</returns>
    public static Stage<ReadOnlyMemory<byte>, string> SplitLines(LinesOptions? options = null, Encoding? encoding = null) =>
        Create<ReadOnlyMemory<byte>, string>((pieces, next) => SplitLinesOf(pieces, next, options ?? LinesOptions.Default, encoding, Source.LineToText), "SplitLines")
            .Described(encoding?.WebName);

    /// <summary>Joins pieces of UTF-8 bytes and makes an item of each line, without a string in between.</summary>
    /// <remarks>Lines are cut as <see cref="SplitLines(LinesOptions, Encoding)"/> cuts them.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="parser">Gives each run a parser of its own.</param>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own.</param>
    /// <param name="name">What to call the node; default "SplitLines".</param>
    /// <returns>The stage. It fails the run with <see cref="InvalidDataException"/> if a line is too long, and with what the parser
    /// throws.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="parser"/> is null.</exception>
    public static Stage<ReadOnlyMemory<byte>, T> SplitLines<T>(Func<LineParser<T>> parser, LinesOptions? options = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(parser);
        return Create<ReadOnlyMemory<byte>, T>((pieces, next) => SplitLinesOf(pieces, next, options ?? LinesOptions.Default, null, parser()), name ?? "SplitLines");
    }

    private static async Coroutine SplitLinesOf<T>(Inbox<ReadOnlyMemory<byte>> pieces, Target<T> next, LinesOptions options, Encoding? encoding, LineParser<T> make)
    {
        var splitter = new LineSplitter<T>("the bytes that came in", options.MaxLineLength, make);
        var transcoder = encoding is null || (encoding is UTF8Encoding && encoding.DecoderFallback.Equals(DecoderFallback.ReplacementFallback)) ? null : new Transcoder(encoding);
        await foreach (var piece in pieces)
        {
            for (var rest = transcoder?.ToUtf8(piece.Span, isLast: false) ?? piece; rest.Length > 0;)
            {
                rest = rest[Fill(splitter, rest.Span)..];
                while (splitter.TryTake(out var line))
                {
                    await next.SendAsync(line);
                }
            }
        }

        if (transcoder is not null)
        {
            Fill(splitter, transcoder.ToUtf8([], isLast: true).Span); // at most what stands for half a character
            while (splitter.TryTake(out var line))
            {
                await next.SendAsync(line);
            }
        }

        if (splitter.TryTakeRest(out var last))
        {
            await next.SendAsync(last);
        }
    }

    private static int Fill<T>(LineSplitter<T> splitter, ReadOnlySpan<byte> bytes)
    {
        var count = splitter.Bytes.Copy(bytes);
        splitter.Added(count);
        return count;
    }

    /// <summary>Turns bytes of another encoding into UTF-8, whose line endings cannot be part of a character.</summary>
    private sealed class Transcoder(Encoding encoding)
    {
        private readonly Decoder _decoder = encoding.GetDecoder();
        private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();

        internal ReadOnlyMemory<byte> ToUtf8(ReadOnlySpan<byte> bytes, bool isLast)
        {
            var characters = new char[_decoder.GetCharCount(bytes, isLast)];
            var count = _decoder.GetChars(bytes, characters, isLast);
            var utf8 = new byte[_encoder.GetByteCount(characters.AsSpan(0, count), isLast)];
            return utf8.AsMemory(0, _encoder.GetBytes(characters.AsSpan(0, count), utf8, isLast));
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SplitLines(LinesOptions, Encoding)"/>
    /// <param name="source">The source.</param>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own. At a line that is too long the run fails with an
    /// <see cref="InvalidDataException"/> that names it; the lines before were sent on.</param>
    /// <param name="encoding">The encoding of the bytes, whose own handling of bytes that it does not know is used. Default UTF-8. With
    /// another one the limit still counts bytes of UTF-8.</param>
    /// <returns>The longer source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    public static Source<string> SplitLines(this Source<ReadOnlyMemory<byte>> source, LinesOptions? options = null, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SplitLines(options, encoding));
    }
}
