using System.Runtime.InteropServices;
using System.Text;

namespace Sluice;

/// <summary>Turns bytes of another encoding into UTF-8, whose line endings cannot be part of a character. Owner: the strand of the stage.</summary>
/// <remarks>An encoding that may refuse bytes is asked for one line at a time: so what was refused is known to be of one line, and the lines
/// before have gone.</remarks>
/// <param name="encoding">The encoding.</param>
/// <param name="keepsLine">Whether <see cref="CopyOfLine"/> is asked for.</param>
internal sealed class Transcoder(Encoding encoding, bool keepsLine)
{
    /// <summary>The number of bytes that are decoded at once, at the most: a multiple of any unit.</summary>
    private const int MaxPart = 32 << 10;

    private readonly bool _mayRefuse = !encoding.DecoderFallback.Equals(DecoderFallback.ReplacementFallback);
    private readonly KeptDecoder _decoder = new();

    // A line ending is one unit of the encoding: 1 byte, or 2 of UTF-16, or 4 of UTF-32.
    private readonly byte[] _lineFeed = encoding.GetBytes("\n");
    private readonly byte[] _carriageReturn = encoding.GetBytes("\r");
    private int _ofUnit; // how many bytes of a unit have come in

    private readonly List<byte>? _line = keepsLine ? [] : null;
    private long _lineNumber; // of that line

    private char[] _characters = [];
    private byte[] _utf8 = [];

    /// <summary>The reason why the encoding has refused the bytes that were decoded last; null if it did not.</summary>
    internal Exception? Refusal { get; private set; }

    /// <summary>The number of bytes that to decode next.</summary>
    internal int Next(ReadOnlySpan<byte> bytes)
    {
        var most = Math.Min(bytes.Length, MaxPart);
        if (!_mayRefuse)
        {
            return most;
        }

        var unit = _lineFeed.Length;
        if (unit == 1)
        {
            var ending = bytes[..most].IndexOfAny(_lineFeed[0], _carriageReturn[0]);
            return ending < 0 ? most : ending + 1;
        }

        if (_ofUnit > 0)
        {
            return Math.Min(unit - _ofUnit, most);
        }

        var whole = most - (most % unit);
        for (var at = 0; at < whole; at += unit)
        {
            if (bytes.Slice(at, unit).SequenceEqual(_lineFeed) || bytes.Slice(at, unit).SequenceEqual(_carriageReturn))
            {
                return at + unit;
            }
        }

        return whole > 0 ? whole : most; // what is left is no unit: the encoding only keeps it, and cannot refuse it yet
    }

    /// <summary>Decodes bytes; <see cref="Refusal"/> says if the encoding has refused them. Only a line ending comes out of them then.</summary>
    /// <param name="bytes">The bytes: <see cref="Next"/> says how many.</param>
    /// <param name="isLast">Whether none come behind them.</param>
    /// <param name="line">The number of the line that they are of.</param>
    /// <param name="isLeftOut">Whether that line is left out already.</param>
    /// <returns>UTF-8, until the next call.</returns>
    internal ReadOnlyMemory<byte> ToUtf8(ReadOnlySpan<byte> bytes, bool isLast, long line, bool isLeftOut)
    {
        Refusal = null;
        _ofUnit = (_ofUnit + bytes.Length) % _lineFeed.Length;
        if (_mayRefuse && !isLeftOut)
        {
            Keep(bytes, line);
        }

        try
        {
            var count = _decoder.GetChars(encoding, bytes, Room(ref _characters, encoding.GetMaxCharCount(bytes.Length)), isLast);
            var utf8 = Room(ref _utf8, Encoding.UTF8.GetMaxByteCount(count));
            return _utf8.AsMemory(0, Encoding.UTF8.GetBytes(_characters.AsSpan(0, count), utf8));
        }
        catch (Exception error) when (_mayRefuse)
        {
            // Nothing of a unit is kept in the decoder here, so that it goes on in the right place.
            _decoder.Reset();
            Refusal = RefusalOf(error, line);
            return bytes.EndsWith(_lineFeed) ? "\n"u8.ToArray() : bytes.EndsWith(_carriageReturn) ? "\r"u8.ToArray() : default;
        }
    }

    /// <summary>Copies what has come in of the line whose bytes were decoded last, as it came, without its ending.</summary>
    internal byte[] CopyOfLine()
    {
        ReadOnlySpan<byte> line = CollectionsMarshal.AsSpan(_line);
        if (line.StartsWith(_lineFeed))
        {
            line = line[_lineFeed.Length..]; // of CR LF, whose CR ended the line before
        }

        return (line.EndsWith(_lineFeed) || line.EndsWith(_carriageReturn) ? line[..^_lineFeed.Length] : line).ToArray();
    }

    private void Keep(ReadOnlySpan<byte> bytes, long line)
    {
        if (_line is not null)
        {
            if (line != _lineNumber)
            {
                _line.Clear();
                _lineNumber = line;
            }

            _line.AddRange(bytes);
        }
    }

    private Exception RefusalOf(Exception error, long line) => error is DecoderFallbackException { BytesUnknown: { Length: > 0 } bytes } unknown
        ? new DecoderFallbackException(
            $"Line {line} of the bytes that came in has bytes that are not {encoding.WebName}: {string.Join(' ', bytes.Select(static part => $"0x{part:X2}"))}.", bytes, unknown.Index)
        : new InvalidDataException($"Line {line} of the bytes that came in cannot be read as {encoding.WebName}: {error.Message}", error);

    private static T[] Room<T>(ref T[] buffer, int count) => buffer.Length < count ? buffer = new T[count] : buffer;
}
