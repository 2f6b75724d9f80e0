using System.Text;

namespace Sluice;

/// <summary>Reads the logs of web servers, in Common or Combined Log Format, as lines that become strings only when asked for.
/// Thread safety: all members may be called from any thread.</summary>
/// <remarks>Lines end, and are cut off when they are too long, as those of <see cref="Source.Lines(string, bool, LinesOptions)"/>.
/// A line costs its bytes and nothing more.</remarks>
public static class LogEvents
{
    private const int ShownOfLine = 100;

    /// <summary>Reads a file, and follows it if that is wanted, as <see cref="Source.Lines(string, bool, LinesOptions)"/>
    /// does.</summary>
    /// <param name="path">The file's path.</param>
    /// <param name="follow">Whether to wait for more at the end of the file. Default false.</param>
    /// <param name="options">Limits, and what to allow; default <see cref="LogEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read, and with
    /// <see cref="InvalidDataException"/>, which names the line, if one is too long or in neither format; the lines before
    /// were delivered.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Source<LogEvent> Read(string path, bool follow = false, LogEventsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= LogEventsOptions.Default;
        return Source.Lines(path, () => ParserFor(path, options), follow, options.Lines, nameof(LogEvents));
    }

    /// <summary>Reads a stream as it comes, as <see cref="Source.Lines(Stream, LinesOptions)"/> does.</summary>
    /// <param name="stream">The stream. What it throws fails the run.</param>
    /// <param name="options">Limits, and what to allow; default <see cref="LogEventsOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="InvalidDataException"/>, which names the line, if one is too long or
    /// in neither format; the lines before were delivered.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stream"/> is null.</exception>
    public static Source<LogEvent> Read(Stream stream, LogEventsOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= LogEventsOptions.Default;
        return Source.Lines(stream, () => ParserFor("the stream", options), options.Lines, nameof(LogEvents));
    }

    /// <summary>Joins pieces of bytes and cuts them into lines, as <see cref="Stage.SplitLines"/> does.</summary>
    /// <param name="options">Limits, and what to allow; default <see cref="LogEventsOptions"/>'s own.</param>
    /// <returns>The stage. It fails the run with <see cref="InvalidDataException"/>, which names the line, if one is too long or
    /// in neither format; the lines before were sent on.</returns>
    public static Stage<ReadOnlyMemory<byte>, LogEvent> Parse(LogEventsOptions? options = null)
    {
        options ??= LogEventsOptions.Default;
        return Stage.SplitLines(() => ParserFor("the bytes that came in", options), options.Lines, nameof(LogEvents));
    }

    private static LineParser<LogEvent> ParserFor(string origin, LogEventsOptions options)
    {
        var pages = new BytePages();
        return (line, number) =>
        {
            if (!options.AllowMalformed && LogFields.Read(line, out _) is { } missing)
            {
                throw new InvalidDataException(
                    $"Line {number} of '{origin}' is in neither Common nor Combined Log Format: {missing} is missing in '{Encoding.UTF8.GetString(line[..Math.Min(line.Length, ShownOfLine)])}'. Set {nameof(LogEventsOptions)}.{nameof(LogEventsOptions.AllowMalformed)} to get such lines too.");
            }

            var (page, start) = pages.Keep(line);
            return new(page, start, line.Length, number);
        };
    }
}
