using System.Text;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Writes each item as a line to standard output, in UTF-8.</summary>
    /// <remarks>If standard output is a pipe and its reader has gone (<c>| head -1</c>), the sink ends normally, and with
    /// it everything that only it was working for. Writing blocks.</remarks>
    /// <param name="flushEachLine">Whether each line is written at once, so that a slow stream is seen as it comes.
    /// False is faster: lines are written in blocks of a few thousand bytes and at the end of the run, and not by time, so that a process that is
    /// killed loses the last block. Default true.</param>
    /// <returns>The sink.</returns>
    public static Sink<string> WriteLines(bool flushEachLine = true) =>
        Create<string>(lines => WriteToStandardOutput(lines, flushEachLine), "WriteLines");

    /// <summary>Writes each item as a line to a file, in UTF-8 with line feeds; the file is complete when the run ends.</summary>
    /// <remarks>A line is in the file a second after it has come in, or as the options say, so that a process that is killed loses no more than that.
    /// Code that holds the run's thread longer delays it. Writing blocks.
    /// <para>In a job each line is in the file exactly once, whatever the run ends by: it is durable at each checkpoint, and what came later is cut off when the job goes on. The file is made, or emptied, when
    /// the job starts for the first time, and <paramref name="options"/> do not apply. A named pipe gets lines again that came after the last checkpoint.</para></remarks>
    /// <param name="path">The file's path. It is made, or emptied, when a run starts. A named pipe is one too.</param>
    /// <param name="append">Whether to write behind what is in the file already. Default false.</param>
    /// <param name="options">When lines are written; default <see cref="WriteLinesOptions"/>'s own.</param>
    /// <returns>The sink. Its run fails with an <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> if the file cannot be written.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Sink<string> WriteLines(string path, bool append = false, WriteLinesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return WriteRecords<string>(path, append, options, EncodeLine, "WriteLines");
    }

    /// <summary>Writes each item as a line to a writer, which is flushed at the end and stays open.</summary>
    /// <remarks>It is not flushed before: give it <see cref="StreamWriter.AutoFlush"/> if lines matter as they come.</remarks>
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
            // No one reads the rest: this is the end, and not a failure.
        }
    }
}
