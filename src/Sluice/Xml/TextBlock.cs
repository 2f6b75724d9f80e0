using System.Buffers;

namespace Sluice;

/// <summary>Where texts are put one behind the other. What was taken is never written to again, so events can refer to
/// it; a full block is left to them and a new one made.</summary>
internal sealed class TextBlock(int maxTextLength)
{
    private const int BlockLength = 16 << 10;
    private const int MinFree = 256;

    private static readonly SearchValues<char> s_whitespace = SearchValues.Create(" \t\r\n"); // XML's own, not Unicode's

    private int _start;

    internal char[] Block { get; private set; } = new char[BlockLength];

    /// <summary>Where the next characters go.</summary>
    internal int End { get; private set; }

    internal int Free => Block.Length - End;

    /// <summary>Takes characters that were written at <see cref="End"/> into the text; false if it is too long now.</summary>
    internal bool TryAdd(int count)
    {
        End += count;
        var length = End - _start;
        if (length > maxTextLength)
        {
            return false;
        }

        if (Free < MinFree)
        {
            var larger = new char[Math.Max(BlockLength, length * 2)];
            Array.Copy(Block, _start, larger, 0, length);
            (Block, _start, End) = (larger, 0, length);
        }

        return true;
    }

    /// <summary>Ends the text. False if there is none, or only white space that is not wanted.</summary>
    internal bool TryTake(bool keepWhitespace, out XmlEvent text)
    {
        var length = End - _start;
        if (length == 0 || (!keepWhitespace && !Block.AsSpan(_start, length).ContainsAnyExcept(s_whitespace)))
        {
            End = _start;
            text = default;
            return false;
        }

        text = XmlEvent.ForText(Block, _start, length);
        _start = End;
        return true;
    }
}
