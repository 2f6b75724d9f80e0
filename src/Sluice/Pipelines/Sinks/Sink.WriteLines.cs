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
    /// Code that holds the run's thread longer delays it. Writing blocks.</remarks>
    /// <param name="path">The file's path. It is made, or emptied, when a run starts. A named pipe is one too.</param>
    /// <param name="append">Whether to write behind what is in the file already. Default false.</param>
    /// <param name="options">When lines are written; default <see cref="WriteLinesOptions"/>'s own.</param>
    /// <returns>The sink. Its run fails with an <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> if the file cannot be written.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Sink<string> WriteLines(string path, bool append = false, WriteLinesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Create<string>(lines => WriteToFile(lines, path, append, options ?? WriteLinesOptions.Default), "WriteLines")
            .RefusingPolicies("lines wait in it for some time before they are written, and a fresh start would lose them and empty the file. Write with a sink of your own that opens the file for each item.");
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

    private static async Coroutine WriteToFile(Inbox<string> lines, string path, bool append, WriteLinesOptions options)
    {
        using var file = new FileStream(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read);
        using var writer = new StreamWriter(file) { NewLine = "\n" };
        var oldest = new ElapsedTime(lines.TimeProvider); // since when the first line that is not in the file waits
        var waiting = 0;
        var left = Timeout.InfiniteTimeSpan; // how long that line may still wait
        try
        {
            while (true)
            {
                var received = await lines.TryReceiveAsync(left);
                if (received.IsItem)
                {
                    writer.WriteLine(received.Item);
                    if (waiting++ == 0)
                    {
                        oldest.Restart();
                    }

                    // The time is looked at for each item: one that comes in time does not end the receive by its time.
                    left = waiting == options.FlushEvery ? TimeSpan.Zero : options.TimeLeft(oldest);
                }

                if (waiting > 0 && (!received.IsItem || left == TimeSpan.Zero))
                {
                    Flush(writer, file, options);
                    (waiting, left) = (0, Timeout.InfiniteTimeSpan);
                }

                if (received.IsClosed)
                {
                    return;
                }
            }
        }
        finally
        {
            if (waiting > 0)
            {
                Flush(writer, file, options);
            }
        }
    }

    private static void Flush(StreamWriter writer, FileStream file, WriteLinesOptions options)
    {
        writer.Flush();
        file.Flush(options.FlushToDisk);
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
