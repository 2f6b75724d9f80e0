using System.Diagnostics;
using System.Text;

namespace Sluice;

/// <summary>Cuts UTF-8 bytes into lines. Bytes come in pieces of any size; a line may span any number of them.</summary>
/// <remarks>A line ends with a line feed, a carriage return, or both in that order. A byte order mark at the beginning is
/// left out.</remarks>
[DebuggerDisplay("line {_lineNumber}, {Bytes.Waiting.Length} bytes waiting")]
internal sealed class LineSplitter<T>(string origin, int maxLineLength, LineParser<T> make)
{
    private int _scanned; // of the bytes that wait
    private long _lineNumber;
    private long _used; // bytes, from the beginning of the file
    private bool _atBeginning = true;
    private bool _skipLineFeed;

    /// <summary>The number of the line that comes next, or has begun.</summary>
    internal long NextLine => _lineNumber + 1;

    /// <summary>The place behind the last line that was taken.</summary>
    internal LinePlace Place => new(_used, _lineNumber, _skipLineFeed);

    /// <summary>Begins at a place, with the bytes from there on. What has come in before is dropped.</summary>
    internal void BeginAt(LinePlace place)
    {
        (_used, _lineNumber, _skipLineFeed, _atBeginning) = (place.Offset, place.Lines, place.SkipsLineFeed, place.Offset == 0);
        Bytes.Clear();
        _scanned = 0;
        LeavesOut = false;
    }

    /// <summary>Gets whether the line that has begun is left out.</summary>
    internal bool LeavesOut { get; private set; }

    /// <summary>Takes the bytes; call <see cref="Added"/> when more are in it.</summary>
    internal ByteWindow Bytes { get; } = new();

    internal void Added(int count)
    {
        Bytes.Added(count);
        if (_atBeginning && Bytes.Waiting.Length >= 3)
        {
            _atBeginning = false;
            if (Bytes.Waiting.StartsWith(Encoding.UTF8.Preamble))
            {
                Use(3);
            }
        }
    }

    /// <summary>Takes the next complete line.</summary>
    /// <exception cref="InvalidDataException">A line is too long, or nothing can be made of it.</exception>
    internal bool TryTake(out T line)
    {
        var waiting = Bytes.Waiting;
        if (_skipLineFeed && waiting.Length > 0)
        {
            _skipLineFeed = false;
            if (waiting[0] == (byte)'\n')
            {
                Use(1);
                waiting = Bytes.Waiting;
            }
        }

        var found = waiting[_scanned..].IndexOfAny((byte)'\n', (byte)'\r');
        if (LeavesOut)
        {
            LeavesOut = found < 0;
            _skipLineFeed = found >= 0 && waiting[_scanned + found] == (byte)'\r';
            Use(found < 0 ? waiting.Length : _scanned + found + 1);
            if (!LeavesOut)
            {
                return TryTake(out line); // of what is behind it
            }

            line = default!;
            return false;
        }

        if (found < 0)
        {
            _scanned = waiting.Length;
            CheckLength(waiting.Length);
            line = default!;
            return false;
        }

        var end = _scanned + found;
        CheckLength(end);
        line = make(waiting[..end], NextLine);
        _lineNumber++; // not before: a line that is refused may be tried again
        _atBeginning = false; // a mark is longer than what came so far, if that was not looked at yet
        _skipLineFeed = waiting[end] == (byte)'\r';
        Use(end + 1);
        return true;
    }

    /// <summary>Takes what is left after the last line ending, and starts afresh.</summary>
    internal bool TryTakeRest(out T line)
    {
        var rest = Bytes.Waiting;
        var taken = rest.Length > 0 && !LeavesOut;
        line = taken ? make(rest, NextLine) : default!;
        _lineNumber += taken ? 1 : 0;
        _used += rest.Length;
        Bytes.Clear();
        _scanned = 0;
        (_atBeginning, _skipLineFeed, LeavesOut) = (true, false, false);
        return taken;
    }

    /// <summary>Copies what has come in of the line that was refused.</summary>
    internal byte[] CopyOfLine()
    {
        var waiting = Bytes.Waiting;
        var end = waiting.IndexOfAny((byte)'\n', (byte)'\r');
        return (end < 0 ? waiting : waiting[..end]).ToArray();
    }

    /// <summary>Leaves out the line that was refused, up to its ending, which may not have come in yet. It counts.</summary>
    internal void LeaveOutLine()
    {
        _lineNumber++;
        _scanned = 0;
        (_atBeginning, LeavesOut) = (false, true);
    }

    private void Use(int count)
    {
        _used += count;
        Bytes.Use(count);
        _scanned = 0;
    }

    private void CheckLength(int length)
    {
        if (length > maxLineLength)
        {
            throw new InvalidDataException(
                $"Line {_lineNumber + 1} of '{origin}' is longer than {maxLineLength} bytes. Set {nameof(LinesOptions)}.{nameof(LinesOptions.MaxLineLength)} to allow longer lines.");
        }
    }
}

/// <summary>A place between two lines of a file.</summary>
/// <param name="Offset">The number of bytes before it.</param>
/// <param name="Lines">The number of lines before it.</param>
/// <param name="SkipsLineFeed">Whether a line feed that comes next belongs to the line before.</param>
internal readonly record struct LinePlace(long Offset, long Lines, bool SkipsLineFeed);
