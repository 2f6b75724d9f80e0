using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sluice.Bytes;

/// <summary>Characters below U+0100 as a byte each, looked at and written in one pass: most texts in items are short, so that a pass of its
/// own for each costs more than the characters.</summary>
internal static class NarrowText
{
    /// <summary>False if there are others; what was written by then is of no use.</summary>
    internal static bool TryWrite(ReadOnlySpan<char> text, Span<byte> to)
    {
        var characters = MemoryMarshal.Cast<char, ushort>(text);
        if (text.Length < Vector128<ushort>.Count)
        {
            var all = 0;
            for (var i = 0; i < characters.Length; i++)
            {
                all |= characters[i];
                to[i] = (byte)characters[i];
            }

            return all <= byte.MaxValue;
        }

        if (text.Length < Vector128<byte>.Count)
        {
            var end = text.Length - Vector128<ushort>.Count; // the two halves overlap
            var (first, last) = (Vector128.Create(characters), Vector128.Create(characters[end..]));
            var bytes = Vector128.Narrow(first, last);
            bytes.GetLower().CopyTo(to);
            bytes.GetUpper().CopyTo(to[end..]);
            return IsNarrow(first | last);
        }

        for (var at = 0; ; at = Math.Min(at + Vector128<byte>.Count, text.Length - Vector128<byte>.Count))
        {
            var (first, last) = (Vector128.Create(characters[at..]), Vector128.Create(characters[(at + Vector128<ushort>.Count)..]));
            Vector128.Narrow(first, last).CopyTo(to[at..]);
            if (!IsNarrow(first | last))
            {
                return false;
            }

            if (at == text.Length - Vector128<byte>.Count)
            {
                return true;
            }
        }
    }

    private static bool IsNarrow(Vector128<ushort> characters) => (characters & Vector128.Create((ushort)0xFF00)) == Vector128<ushort>.Zero;
}
