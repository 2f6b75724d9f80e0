using System.Text;
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
        return LinesOf<string>("Lines", path, follow, options ?? LinesOptions.Default, static () => LineToText);
    }

    /// <summary>What is made of the lines of a file.</summary>
    /// <param name="name">What to call the node.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="follow">Whether to wait for more at the end of the file.</param>
    /// <param name="options">Limits and intervals.</param>
    /// <param name="maker">Gives what makes the items of one run.</param>
    internal static Source<T> LinesOf<T>(string name, string path, bool follow, LinesOptions options, Func<LineMaker<T>> maker) => follow
        ? Create<T>(name, run => new LineFollower<T>(run, path, options, maker()).Run(), path)
        : Create<T>(name, run => ReadLines(run, path, options, maker()), path);

    internal static string LineToText(ReadOnlySpan<byte> line, long number) => Encoding.UTF8.GetString(line);

    internal static SafeFileHandle OpenForReading(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException($"'{path}' is a directory, not a file.");
        }

        return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
    }

    private static async Coroutine ReadLines<T>(SourceRun<T> run, string path, LinesOptions options, LineMaker<T> make)
    {
        using var file = OpenForReading(path);
        var position = 0L;
        await ReadLines(run, async (buffer, cancellation) =>
        {
            var read = await RandomAccess.ReadAsync(file, buffer, position, cancellation).ConfigureAwait(false);
            position += read;
            return read;
        }, path, options, make);
    }

    /// <summary>Sends on the lines of the bytes that were read, many at once.</summary>
    internal sealed class LineSender<T>(SourceRun<T> run, string origin, LinesOptions options, LineMaker<T> make)
    {
        private readonly T[] _lines = new T[LinesInChunk];
        private readonly LineSplitter<T> _splitter = new(origin, options.MaxLineLength, make);
        private long _sent;

        internal Memory<byte> Free() => _splitter.Bytes.Free();

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
                    await SendTaken(count); // the lines before the one that is refused
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
