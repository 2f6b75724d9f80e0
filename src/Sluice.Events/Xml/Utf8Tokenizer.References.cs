using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice;

/// <content>The five entities, and characters by number.</content>
internal sealed partial class Utf8Tokenizer
{
    /// <summary>It may have as many zeros in front as that leaves room for.</summary>
    private const int LongestReference = 64;

    private static readonly SearchValues<byte> s_inReferences = SearchValues.Create("#0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private readonly byte[] _character = new byte[4];

    /// <summary>Goes behind a reference.</summary>
    /// <returns>False if not all of it is there.</returns>
    private bool Reference(ref int at, out ReadOnlySpan<byte> character)
    {
        character = default;
        var rest = _buffer.AsSpan((at + 1)..Math.Min(_end, at + LongestReference));
        var length = rest.IndexOfAnyExcept(s_inReferences);
        if (length < 0 && rest.Length < LongestReference - 1)
        {
            return false;
        }

        if (length < 0 || rest[length] != (byte)';')
        {
            throw Error(at, "An ampersand begins a reference such as '&amp;': that is not one, or is too long.");
        }

        var name = rest[..length];
        var value = name switch
        {
            [(byte)'#', (byte)'x', .. var digits] => Number(digits, NumberStyles.AllowHexSpecifier),
            [(byte)'#', .. var digits] => Number(digits, NumberStyles.None),
            _ when name.SequenceEqual("lt"u8) => '<',
            _ when name.SequenceEqual("gt"u8) => '>',
            _ when name.SequenceEqual("amp"u8) => '&',
            _ when name.SequenceEqual("quot"u8) => '"',
            _ when name.SequenceEqual("apos"u8) => '\'',
            _ => throw Error(at, $"The entity '{Encoding.UTF8.GetString(name)}' is not known: only lt, gt, amp, quot and apos are."),
        };
        if (value is 0xFFFE or 0xFFFF or (< ' ' and not ('\t' or '\n' or '\r')) || !Rune.TryCreate(value, out var rune))
        {
            throw Error(at, $"'&{Encoding.UTF8.GetString(name)};' is no character of XML.");
        }

        character = _character.AsSpan(0, rune.EncodeToUtf8(_character));
        at += length + 2;
        return true;
    }

    /// <summary>The number; 0, which is no character of XML, if it is none.</summary>
    private static uint Number(ReadOnlySpan<byte> digits, NumberStyles style) =>
        uint.TryParse(digits, style, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
