namespace Sluice;

public static partial class Source
{
    /// <summary>Produces the lines of a UTF-8 stream, cut as <see cref="Lines(string, bool, LinesOptions)"/> cuts those of a
    /// file.</summary>
    /// <remarks>What has been read is sent on before more is waited for, so that a live stream is seen as it comes. The stream is
    /// read from where it stands, 64 KiB or so ahead, and is left open, so that it serves one run. Cancelling goes to the
    /// stream's own read: one that ignores its token delays the end.</remarks>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="InvalidDataException"/> if a line is too long; the lines before were
    /// delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<string> Lines(Stream stream, LinesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Create<string>(run => ReadLines(run, stream.ReadAsync, Kept(run, () => new LineSender<string>(run, "the stream", options ?? LinesOptions.Default, LineToText))), "Lines");
    }

    /// <summary>Produces an item for each line of a UTF-8 stream, without a string in between.</summary>
    /// <remarks>The stream is read as <see cref="Lines(Stream, LinesOptions)"/> reads it.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="parser">Gives each run a parser of its own.</param>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own.</param>
    /// <param name="name">What to call the node; default "Lines".</param>
    /// <returns>The source. Its run fails with <see cref="InvalidDataException"/> if a line is too long, and with what the parser
    /// throws.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> or <paramref name="parser"/> is null.</exception>
    public static Source<T> Lines<T>(Stream stream, Func<LineParser<T>> parser, LinesOptions? options = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(parser);
        return Create<T>(run => ReadLines(run, stream.ReadAsync, Kept(run, () => new LineSender<T>(run, "the stream", options ?? LinesOptions.Default, parser()))), name ?? "Lines");
    }

    /// <summary>Produces the lines of standard input, as UTF-8.</summary>
    /// <remarks>What has been read is sent on before more is waited for. A read of standard input cannot be called off: when the
    /// run ends while it waits for one, the run ends at once, and the read goes on and takes what comes next. So it serves
    /// one run of the process, and nothing else may read standard input in that time.</remarks>
    /// <param name="options">Limits; default <see cref="LinesOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="InvalidDataException"/> if a line is too long; the lines before were
    /// delivered.</returns>
    public static Source<string> StandardInput(LinesOptions? options = null) =>
        Create<string>(run => ReadLines(run, UncancelableRead(Console.OpenStandardInput()), Kept(run, () => new LineSender<string>(run, "standard input", options ?? LinesOptions.Default, LineToText))), "StandardInput");

    /// <summary>Reads a stream whose reads cannot be called off, and leaves a read alone when it is not waited for any more.</summary>
    internal static Func<Memory<byte>, CancellationToken, ValueTask<int>> UncancelableRead(Stream stream) =>
        (buffer, cancellation) => new(Task.Run(() => stream.Read(buffer.Span), CancellationToken.None).WaitAsync(cancellation));

    internal static async Coroutine ReadLines<T>(SourceRun<T> run, Func<Memory<byte>, CancellationToken, ValueTask<int>> readAsync, LineSender<T> lines)
    {
        await lines.Send(0);
        while (!run.Next.IsClosed)
        {
            var read = await readAsync(lines.Free(), run.Cancellation);
            if (read == 0)
            {
                await lines.SendRest();
                return;
            }

            await lines.Send(read);
        }
    }
}
