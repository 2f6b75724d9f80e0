using System.Text;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Joins pieces of bytes and cuts them into lines of text, without their endings (LF, CR LF or CR), and the last
    /// line also if it has no ending.</summary>
    /// <remarks>A line, a character, or CR LF may span any number of pieces; a line is sent on as soon as its ending has come in. A byte
    /// order mark at the beginning is left out. Bytes that the encoding does not know become U+FFFD. It copies what it keeps:
    /// a piece may be written to again once its send has completed. What is left of an unfinished line is dropped
    /// if what is before it fails, if the lines are no longer taken, or if the run is cancelled. An error policy is for lines and not for pieces: a line
    /// that is left out is a dead letter of its own and still counts. The letter has the bytes that have come in of the line, without its ending; in
    /// UTF-8 if the encoding has read them.</remarks>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own. At a line that is too long the run fails with an
    /// <see cref="InvalidDataException"/> that names it; the lines before were sent on.</param>
    /// <param name="encoding">The encoding of the bytes, whose own handling of bytes that it does not know is used. Default UTF-8. With
    /// another one the limit still counts bytes of UTF-8. One that throws fails the run with a <see cref="DecoderFallbackException"/> that names
    /// the line; the lines before were sent on.</param>
    /// <returns>The stage.</returns>
    public static Stage<ReadOnlyMemory<byte>, string> SplitLines(LinesOptions? options = null, Encoding? encoding = null) =>
        SplitLinesStage<string>("SplitLines", options ?? LinesOptions.Default, encoding, static () => Source.LineToText).Described(encoding?.WebName);

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
        return SplitLinesStage(name ?? "SplitLines", options ?? LinesOptions.Default, null, parser);
    }

    private static Stage<ReadOnlyMemory<byte>, T> SplitLinesStage<T>(string name, LinesOptions options, Encoding? encoding, Func<LineParser<T>> parser) =>
        new([SplitLinesSpec(name, options, encoding, parser, null)]);

    private static CoroutineSpec<ReadOnlyMemory<byte>> SplitLinesSpec<T>(
        string name, LinesOptions options, Encoding? encoding, Func<LineParser<T>> parser, ItemPolicy<ReadOnlyMemory<byte>>[]? policies) =>
        new(name, NodeKind.Stage, null, (pieces, outputs) => SplitLinesOf(pieces, (Target<T>)outputs[0], options, encoding, parser(), policies is null ? null : new RecordPolicies(policies, pieces)))
        {
            WithPolicy = policy => SplitLinesSpec(name, options, encoding, parser, [.. policies ?? [], policy]),
        };

    private static async Coroutine SplitLinesOf<T>(
        Inbox<ReadOnlyMemory<byte>> pieces, Target<T> next, LinesOptions options, Encoding? encoding, LineParser<T> make, RecordPolicies? policies)
    {
        var splitter = new LineSplitter<T>("the bytes that came in", options.MaxLineLength, make);
        var transcoder = encoding is null || (encoding is UTF8Encoding && encoding.DecoderFallback.Equals(DecoderFallback.ReplacementFallback)) ? null : new Transcoder(encoding, keepsLine: policies is not null);
        await foreach (var piece in pieces)
        {
            for (var coded = piece; coded.Length > 0;)
            {
                var part = transcoder is null ? coded : coded[..transcoder.Next(coded.Span)];
                var rest = transcoder?.ToUtf8(part.Span, isLast: false, splitter.NextLine, splitter.LeavesOut) ?? part;
                coded = coded[part.Length..];
                if (transcoder?.Refusal is { } refusal && !splitter.LeavesOut)
                {
                    await LeaveOut(splitter, transcoder, refusal, policies);
                }

                while (rest.Length > 0)
                {
                    rest = rest[Fill(splitter, rest.Span)..];
                    if (policies is not null)
                    {
                        await policies.SendLines(splitter, next);
                        continue;
                    }

                    while (splitter.TryTake(out var line))
                    {
                        await next.SendAsync(line);
                    }
                }
            }
        }

        if (transcoder is not null)
        {
            var rest = transcoder.ToUtf8([], isLast: true, splitter.NextLine, splitter.LeavesOut); // at most what stands for half a character
            if (transcoder.Refusal is { } refusal && !splitter.LeavesOut)
            {
                await LeaveOut(splitter, transcoder, refusal, policies);
            }

            Fill(splitter, rest.Span);
            while (policies is null && splitter.TryTake(out var line))
            {
                await next.SendAsync(line);
            }
        }

        if (policies is not null)
        {
            await policies.SendLines(splitter, next);
            await policies.SendRest(splitter, next);
        }
        else if (splitter.TryTakeRest(out var last))
        {
            await next.SendAsync(last);
        }
    }

    /// <summary>The encoding has refused bytes of the line that has begun.</summary>
    private static async Coroutine LeaveOut<T>(LineSplitter<T> splitter, Transcoder transcoder, Exception refusal, RecordPolicies? policies)
    {
        if (policies is null)
        {
            throw refusal;
        }

        await policies.GiveUp(transcoder.CopyOfLine(), refusal);
        splitter.LeaveOutLine();
    }

    private static int Fill<T>(LineSplitter<T> splitter, ReadOnlySpan<byte> bytes)
    {
        var count = splitter.Bytes.Copy(bytes);
        splitter.Added(count);
        return count;
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SplitLines(LinesOptions, Encoding)"/>
    /// <param name="source">The source.</param>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own. At a line that is too long the run fails with an
    /// <see cref="InvalidDataException"/> that names it; the lines before were sent on.</param>
    /// <param name="encoding">The encoding of the bytes, whose own handling of bytes that it does not know is used. Default UTF-8. With
    /// another one the limit still counts bytes of UTF-8. One that throws fails the run with a <see cref="DecoderFallbackException"/> that names
    /// the line; the lines before were sent on.</param>
    /// <returns>The longer source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    public static Source<string> SplitLines(this Source<ReadOnlyMemory<byte>> source, LinesOptions? options = null, Encoding? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SplitLines(options, encoding));
    }
}
