using System.Buffers;
using System.Text;

namespace Sluice;

/// <content>Files of records: lines, JSON lines, bytes.</content>
public static partial class Sink
{
    /// <summary>Writes items to a file, one behind the other.</summary>
    /// <param name="path">The path.</param>
    /// <param name="append">Whether what is there stays.</param>
    /// <param name="options">When they are written; null for the defaults.</param>
    /// <param name="encode">Writes the bytes of an item.</param>
    /// <param name="name">The name of the node.</param>
    internal static Sink<T> WriteRecords<T>(string path, bool append, WriteLinesOptions? options, RecordEncoder<T> encode, string name)
    {
        options ??= WriteLinesOptions.Default;
        return Create<T>(
            items => WriteToFile(items, path, append, options, encode),
            name,
            new FileRequest<T>(path, append, encode),
            "lines wait in it for some time before they are written, and a fresh start would lose them and empty the file. Write with a sink of your own that opens the file for each item.");
    }

    internal static void EncodeLine(string? line, IBufferWriter<byte> to)
    {
        if (line is not null)
        {
            Encoding.UTF8.GetBytes(line, to);
        }

        to.Write("\n"u8);
    }

    private static async Coroutine WriteToFile<T>(Inbox<T> items, string path, bool append, WriteLinesOptions options, RecordEncoder<T> encode)
    {
        const int Block = 4096;
        using var file = new FileStream(path, append ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new ArrayBufferWriter<byte>(Block);
        var oldest = new ElapsedTime(items.TimeProvider); // since when the first item that is not in the file waits
        var waiting = 0;
        var left = Timeout.InfiniteTimeSpan; // how long that item may still wait
        try
        {
            while (true)
            {
                var received = await items.TryReceiveAsync(left);
                if (received.IsItem)
                {
                    encode(received.Item!, block);
                    if (waiting++ == 0)
                    {
                        oldest.Restart();
                    }

                    if (block.WrittenCount >= Block)
                    {
                        Write(block, file);
                    }

                    // The time is looked at for each item: one that comes in time does not end the receive by its time.
                    left = waiting == options.FlushEvery ? TimeSpan.Zero : options.TimeLeft(oldest);
                }

                if (waiting > 0 && (!received.IsItem || left == TimeSpan.Zero))
                {
                    Flush(block, file, options);
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
                Flush(block, file, options);
            }
        }
    }

    private static void Write(ArrayBufferWriter<byte> block, FileStream file)
    {
        try
        {
            file.Write(block.WrittenSpan);
        }
        finally
        {
            block.ResetWrittenCount(); // also if it has failed: what is written in part is not written twice
        }
    }

    private static void Flush(ArrayBufferWriter<byte> block, FileStream file, WriteLinesOptions options)
    {
        Write(block, file);
        file.Flush(options.FlushToDisk);
    }
}
