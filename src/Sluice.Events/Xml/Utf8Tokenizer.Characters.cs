using System.Buffers;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace Sluice;

/// <content>Which bytes are what, and whether they are characters at all.</content>
internal sealed partial class Utf8Tokenizer
{
    private static readonly SearchValues<byte> s_whitespace = SearchValues.Create(" \t\r\n"u8);

    private bool _isAscii; // the document says so

    private static byte[] ControlsBut(ReadOnlySpan<byte> allowed) => [.. Enumerable.Range(0, ' ').Select(static value => (byte)value).Except(allowed.ToArray())];

    private static bool IsWhitespace(byte value) => value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    private static Vector256<byte> IsWhitespace(Vector256<byte> bytes) =>
        Vector256.Equals(bytes, Vector256.Create((byte)' '))
        | Vector256.Equals(bytes, Vector256.Create((byte)'\n'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'\t'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'\r'));

    /// <summary>Whether the byte means something in a text, is beyond ASCII, or cannot be there.</summary>
    private static Vector256<byte> IsNoPlainText(Vector256<byte> bytes) =>
        Vector256.AndNot(
            Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)' ')).AsByte(), // or beyond ASCII, which is negative
            Vector256.Equals(bytes, Vector256.Create((byte)'\n')) | Vector256.Equals(bytes, Vector256.Create((byte)'\t')))
        | Vector256.Equals(bytes, Vector256.Create((byte)'<'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'&'))
        | Vector256.Equals(bytes, Vector256.Create((byte)']'));

    /// <summary>The same in the value of an attribute, where white space means something too.</summary>
    private static Vector256<byte> IsNoPlainValue(Vector256<byte> bytes) =>
        Vector256.LessThan(bytes.AsSByte(), Vector256.Create((sbyte)' ')).AsByte()
        | Vector256.Equals(bytes, Vector256.Create((byte)'<'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'&'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'"'))
        | Vector256.Equals(bytes, Vector256.Create((byte)'\''));

    private int EndOfWhitespace(int at)
    {
        while (IsWhitespace(_buffer[at]))
        {
            at++;
        }

        return at;
    }

    /// <summary>Where the characters end that need no look: at a stop, or at the last complete character there is.</summary>
    private int EndOfRun(int at, SearchValues<byte> stops) => EndOfRun(at, _end, stops);

    private int EndOfRun(int at, int limit, SearchValues<byte> stops)
    {
        var rest = _buffer.AsSpan(at..limit);
        var length = rest.IndexOfAny(stops);
        var run = length < 0 ? rest[..^BytesOfCutCharacter(rest)] : rest[..length];
        if (!Ascii.IsValid(run) && (_isAscii || !Utf8.IsValid(run) || HasNoncharacter(run)))
        {
            throw InvalidUtf8(at + ValidBytes(run, _isAscii));
        }

        return at + run.Length;
    }

    /// <summary>For what a run ended at and is not expected: false if that is the end of what there is.</summary>
    private bool NeedsMore(int at) => at < _end && _buffer[at] < 0x80 ? throw InvalidCharacter(at) : false;

    /// <summary>Whether what there is ends in the middle of this, and more comes.</summary>
    private bool IsCutFrom(ReadOnlySpan<byte> bytes) => !_isLast && _end - _at < bytes.Length && bytes.StartsWith(_buffer.AsSpan(_at.._end));

    private static int BytesOfCutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (var i = 1; i <= Math.Min(3, bytes.Length); i++)
        {
            var value = bytes[^i];
            if ((value & 0xC0) != 0x80)
            {
                var length = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : value >= 0xC0 ? 2 : 1;
                return length > i ? i : 0;
            }
        }

        return 0;
    }

    private static bool HasNoncharacter(ReadOnlySpan<byte> utf8)
    {
        while (utf8.IndexOf((ReadOnlySpan<byte>)[0xEF, 0xBF]) is >= 0 and var found)
        {
            if (utf8[found + 2] >= 0xBE)
            {
                return true;
            }

            utf8 = utf8[(found + 2)..];
        }

        return false;
    }

    private static int ValidBytes(ReadOnlySpan<byte> bytes, bool isAscii)
    {
        var valid = 0;
        while (Rune.DecodeFromUtf8(bytes[valid..], out var character, out var length) == OperationStatus.Done
            && (character.IsAscii || !isAscii)
            && character.Value is not (0xFFFE or 0xFFFF))
        {
            valid += length;
        }

        return valid;
    }
}
