using System.Diagnostics;
using System.Text;

namespace Sluice;

/// <summary>Cuts UTF-8 bytes into lines. Bytes come in pieces of any size; a line may span any number of them.</summary>
/// <remarks>A line ends with a line feed, a carriage return, or both in that order. Bytes that are not UTF-8 become the
/// replacement character. A byte order mark at the beginning is left out.</remarks>
[DebuggerDisplay("line {_lineNumber}, {_end - _start} bytes waiting")]
internal sealed class LineSplitter(string origin, int maxLineLength)
{
    private const int MinFree = 32 << 10;

    private byte[] _buffer = new byte[2 * MinFree];
    private int _start;
    private int _scanned;
    private int _end;
    private long _lineNumber;
    private bool _atBeginning = true;
    private bool _skipLineFeed;

    /// <summary>Where to put more bytes; call <see cref="Added"/> then.</summary>
    internal Memory<byte> Free()
    {
        if (_buffer.Length - _end < MinFree)
        {
            var waiting = _end - _start;
            var target = waiting + MinFree > _buffer.Length ? new byte[Math.Max(_buffer.Length * 2, waiting + MinFree)] : _buffer;
            Buffer.BlockCopy(_buffer, _start, target, 0, waiting);
            _buffer = target;
            _scanned -= _start;
            _start = 0;
            _end = waiting;
        }

        return _buffer.AsMemory(_end);
    }

    internal void Added(int count)
    {
        _end += count;
        if (_atBeginning && _end - _start >= 3)
        {
            _atBeginning = false;
            if (_buffer.AsSpan(_start, 3).SequenceEqual(Encoding.UTF8.Preamble))
            {
                _start += 3;
                _scanned = _start;
            }
        }
    }

    /// <summary>Takes the next complete line.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    internal bool TryTake(out string line)
    {
        if (_skipLineFeed && _start < _end)
        {
            _skipLineFeed = false;
            if (_buffer[_start] == (byte)'\n')
            {
                _start++;
                _scanned = _start;
            }
        }

        var found = _buffer.AsSpan(_scanned, _end - _scanned).IndexOfAny((byte)'\n', (byte)'\r');
        if (found < 0)
        {
            _scanned = _end;
            CheckLength(_end - _start);
            line = "";
            return false;
        }

        var at = _scanned + found;
        CheckLength(at - _start);
        line = Decode(at);
        _atBeginning = false; // a mark is longer than what came so far, if that was not looked at yet
        _skipLineFeed = _buffer[at] == (byte)'\r';
        _start = at + 1;
        _scanned = _start;
        return true;
    }

    /// <summary>Takes what is left after the last line ending, and starts afresh.</summary>
    internal bool TryTakeRest(out string line)
    {
        line = _start < _end ? Decode(_end) : "";
        var taken = _start < _end;
        (_start, _scanned, _end) = (0, 0, 0);
        (_atBeginning, _skipLineFeed) = (true, false);
        return taken;
    }

    private string Decode(int end)
    {
        _lineNumber++;
        return Encoding.UTF8.GetString(_buffer, _start, end - _start);
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
