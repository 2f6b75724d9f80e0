using System.Text;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Writes each item as a line to standard output, in UTF-8.</summary>
    /// <remarks>If standard output is a pipe and its reader has gone (<c>| head -1</c>), the sink ends normally, and with
    /// it everything that only it was working for. Writing blocks.</remarks>
    /// <param name="flushEachLine">Whether each line is written at once, so that a slow stream is seen as it comes;
    /// false writes in blocks, which is faster. Default true.</param>
    /// <returns>The sink.</returns>
    public static Sink<string> WriteLines(bool flushEachLine = true) =>
        Create<string>(lines => WriteToStandardOutput(lines, flushEachLine), "WriteLines");

    /// <summary>Writes each item as a line to a file, in UTF-8 with line feeds; the file is complete when the run ends.</summary>
    /// <remarks>Writing blocks.</remarks>
    /// <param name="path">The file's path. It is made, or emptied, when a run starts.</param>
    /// <param name="append">Whether to write behind what is in the file already. Default false.</param>
    /// <returns>The sink. Its run fails with an <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> if the file cannot be written.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Sink<string> WriteLines(string path, bool append = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Create<string>(lines => WriteToFile(lines, path, append), "WriteLines");
    }

    /// <summary>Writes each item as a line to a writer, which is flushed at the end and stays open.</summary>
    /// <param name="writer">The writer; its line ending is used.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="writer"/> is null.</exception>
    public static Sink<string> WriteLines(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return Create<string>(lines => WriteTo(lines, writer), "WriteLines");
    }

    private static async Coroutine WriteTo(Inbox<string> lines, TextWriter writer)
    {
        try
        {
            await foreach (var line in lines)
            {
                writer.WriteLine(line);
            }
        }
        finally
        {
            writer.Flush();
        }
    }

    private static async Coroutine WriteToFile(Inbox<string> lines, string path, bool append)
    {
        using var writer = new StreamWriter(path, append) { NewLine = "\n" };
        await WriteTo(lines, writer);
    }

    private static async Coroutine WriteToStandardOutput(Inbox<string> lines, bool flushEachLine)
    {
        try
        {
            using var output = StandardOutput.Open();
            using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n", AutoFlush = flushEachLine };
            await WriteTo(lines, writer);
        }
        catch (IOException error) when (StandardOutput.ReaderHasGone(error))
        {
            // Nobody reads the rest: this is the end, and not a failure.
        }
    }
}
