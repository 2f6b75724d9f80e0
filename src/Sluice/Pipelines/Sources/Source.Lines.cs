using Microsoft.Win32.SafeHandles;

namespace Sluice;

public static partial class Source
{
    /// <summary>How many lines are sent on at once, at the most.</summary>
    private const int LinesInChunk = 256;

    /// <summary>Produces the lines of a UTF-8 file, without their endings (LF, CR LF or CR), and the last line also if
    /// it has no ending.</summary>
    /// <remarks>
    /// Reads asynchronously, 64 KiB or so ahead. Bytes that are not UTF-8 become U+FFFD. Following works like
    /// <c>tail -F</c> from the beginning of the file: it waits for a file that is not there yet, goes on at the start
    /// when the file was truncated, goes on with the new file when another one took the name, and ends only with the
    /// run. A line is then produced when its ending has been written, or when its file was truncated or replaced. A file
    /// that is truncated and grows past the old position between two looks cannot be told from one that grew.
    /// </remarks>
    /// <param name="path">The file's path.</param>
    /// <param name="follow">Whether to wait for more at the end of the file. Default false.</param>
    /// <param name="options">Limits and intervals; default <see cref="LinesOptions"/>'s own.</param>
    /// <returns>The source. Its run fails with <see cref="FileNotFoundException"/> or another <see cref="IOException"/>
    /// if the file cannot be read, and with <see cref="InvalidDataException"/> if a line is too long; the lines before
    /// were delivered.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty.</exception>
    public static Source<string> Lines(string path, bool follow = false, LinesOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= LinesOptions.Default;
        return follow
            ? Create<string>("Lines", run => new LineFollower(run, path, options).Run(), path)
            : Create<string>("Lines", run => ReadLines(run, path, options), path);
    }

    internal static SafeFileHandle OpenForReading(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory, not a file.");
        }

        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }

    private static async Coroutine ReadLines(SourceRun<string> run, string path, LinesOptions options)
    {
        using var file = OpenForReading(path);
        var lines = new LineSender(run, path, options.MaxLineLength);
        var position = 0L;
        while (!run.Next.IsClosed)
        {
            var read = await RandomAccess.ReadAsync(file, lines.Free(), position, run.Cancellation);
            if (read == 0)
            {
                await lines.SendRest();
                return;
            }

            position += read;
            await lines.Send(read);
        }
    }

    /// <summary>Sends on the lines of the bytes that were read, many at once.</summary>
    internal sealed class LineSender(SourceRun<string> run, string origin, int maxLineLength)
    {
        private readonly string[] _lines = new string[LinesInChunk];
        private readonly LineSplitter _splitter = new(origin, maxLineLength);
        private long _sent;

        internal Memory<byte> Free() => _splitter.Free();

        /// <summary>Sends all complete lines, the last bytes read included.</summary>
        internal async Coroutine Send(int read)
        {
            _splitter.Added(read);
            var count = 0;
            var more = true;
            while (more && !run.Next.IsClosed)
            {
                try
                {
                    more = _splitter.TryTake(out _lines[count]);
                }
                catch (InvalidDataException)
                {
                    await SendTaken(count); // the lines before the one that is too long
                    throw;
                }

                count += more ? 1 : 0;
                if (count == LinesInChunk || !more)
                {
                    await SendTaken(count);
                    count = 0;
                }
            }
        }

        /// <summary>Sends what stands behind the last line ending.</summary>
        internal async Coroutine SendRest()
        {
            if (_splitter.TryTakeRest(out _lines[0]))
            {
                await SendTaken(1);
            }
        }

        private async Coroutine SendTaken(int count)
        {
            await run.SendAll(_lines, count, _sent);
            _sent += count;
        }
    }
}
