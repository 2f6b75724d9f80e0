using System.Globalization;
using System.Text;

namespace Sluice;

public static partial class Source
{
    /// <summary>The number of lines that are sent on at once, at the most.</summary>
    private const int LinesInChunk = 256;

    /// <summary>Produces the lines of a UTF-8 file, without their endings (LF, CR LF or CR), and the last line also if
    /// it has no ending.</summary>
    /// <remarks>
    /// Reads asynchronously, 64 KiB or so ahead. Bytes that are not UTF-8 become U+FFFD. Following works like
    /// <c>tail -F</c> from the beginning of the file: it waits for a file that is not there yet, goes on at the start
    /// when the file was truncated, goes on with the new file when another one took the name, and ends only with the
    /// run. A line is then produced when its ending has been written, or when its file was truncated or replaced. A file
    /// that is truncated and grows past the old position between two looks cannot be told from one that grew.
    /// <para>In a durable run the position is exact for each line. It is a place in a file that is recognized by its inode and its bytes, so a file that was rotated is found again
    /// in its folder, also if that happened while nothing ran: the rest of it comes first, then the files that were rotated after it, then the one with the name.
    /// Their names have a number or a time more (<c>access.log.1</c>, <c>access.log-20260131</c>, <c>access.2026-01-31.log</c>). If lines are lost,
    /// <see cref="LinesOptions.OnLostFile"/> says what happens. A file that was truncated counts as lost, unless a copy of it has such a name.</para>
    /// <para>What can be opened can be read: a named pipe, <c>/dev/stdin</c>, what a shell makes of <c>&lt;(...)</c>. What has been read of a pipe is
    /// sent on before more is waited for. A read of one cannot be called off: when the run ends while it waits, the read goes on, and takes what
    /// comes next. A pipe that is followed is read from one writer to the next.</para>
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

    /// <summary>Produces an item for each line of a UTF-8 file, without a string in between.</summary>
    /// <remarks>Lines are cut, and the file is followed, as <see cref="Lines(string, bool, LinesOptions)"/> does.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="path">The file's path.</param>
    /// <param name="parser">Gives each run a parser of its own.</param>
    /// <param name="follow">Whether to wait for more at the end of the file. Default false.</param>
    /// <param name="options">Limits and intervals; default <see cref="LinesOptions"/>'s own.</param>
    /// <param name="name">What to call the node; default "Lines".</param>
    /// <returns>The source. Its run fails with <see cref="IOException"/> if the file cannot be read, with <see cref="InvalidDataException"/> if a
    /// line is too long, and with what the parser throws.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="path"/> is null or empty, or <paramref name="parser"/> is null.</exception>
    public static Source<T> Lines<T>(string path, Func<LineParser<T>> parser, bool follow = false, LinesOptions? options = null, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(parser);
        return LinesOf(name ?? "Lines", path, follow, options ?? LinesOptions.Default, parser);
    }

    private const string LostLinesHaveNoKeys = $"{nameof(OnLostFile)}.{nameof(OnLostFile.BeginWithNew)} leaves lines out after a loss, so that others would have their numbers. Take the default, {nameof(OnLostFile)}.{nameof(OnLostFile.Fail)}.";

    internal static string LineToText(ReadOnlySpan<byte> line, long number) => Encoding.UTF8.GetString(line);

    private static Source<T> LinesOf<T>(string name, string path, bool follow, LinesOptions options, Func<LineParser<T>> parser) => follow
        ? CreateWithPosition<T>(run => Kept(run, () => new LineFollower<T>(run, path, options, parser())).Run(), name, path, options.OnLostFile == OnLostFile.BeginWithNew ? LostLinesHaveNoKeys : null)
        : CreateWithPosition<T>(run => Kept(run, () => new LineReader<T>(run, path, options, parser())).Run(), name, path);

    /// <summary>What a source keeps for the case that its error policy starts it again.</summary>
    private static TPosition Kept<T, TPosition>(SourceRun<T> run, Func<TPosition> make)
        where TPosition : class
    {
        var kept = run.RestartPosition as TPosition ?? make();
        run.RestartPosition = kept;
        return kept;
    }

    /// <summary>Sends on the lines of the bytes that were read, many at once.</summary>
    internal sealed class LineSender<T>(SourceRun<T> run, string origin, LinesOptions options, LineParser<T> make)
    {
        private readonly T[] _lines = new T[LinesInChunk];
        private readonly LineSplitter<T> _splitter = new(origin, options.MaxLineLength, make);

        /// <summary>The places behind the lines of the array; null unless the run keeps its state.</summary>
        private LinePlace[]? _places;
        private LinePlace _before;

        /// <summary>The place behind so many lines of those that are sent now.</summary>
        internal LinePlace PlaceBehind(int handed) => handed == 0 ? _before : _places![handed - 1];

        /// <summary>Begins at this place, with the bytes from there on, and notes the place behind each line.</summary>
        internal void BeginAt(LinePlace place)
        {
            _splitter.BeginAt(place);
            _before = place;
            _places ??= new LinePlace[LinesInChunk];
        }

        internal Memory<byte> Free() => _splitter.Bytes.Free();

        /// <summary>The line that comes next.</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {_splitter.NextLine}");

        /// <summary>Sends all complete lines, the last bytes read included. With no bytes it sends those that are left of a start before.</summary>
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
                catch
                {
                    await SendTaken(count); // the lines before the one that is refused
                    throw;
                }

                Note(count, more);
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
                Note(0, true);
                await SendTaken(1);
            }
        }

        private async Coroutine SendTaken(int count)
        {
            await run.SendAllAsync(_lines, count);
            if (_places is not null && count > 0)
            {
                _before = _places[count - 1];
            }
        }

        private void Note(int line, bool wasTaken)
        {
            if (wasTaken && _places is not null)
            {
                _places[line] = _splitter.Place;
            }
        }
    }
}
