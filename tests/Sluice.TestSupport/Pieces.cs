using System.Text;

namespace Sluice.Tests;

/// <summary>Bytes cut into pieces, as a network would.</summary>
internal static class Pieces
{
    internal static Source<ReadOnlyMemory<byte>> Source(IEnumerable<byte[]> pieces) => Sluice.Source.From(pieces.Select(piece => new ReadOnlyMemory<byte>(piece)));

    internal static IEnumerable<byte[]> OfLength(byte[] bytes, int length) => bytes.Chunk(length);

    /// <summary>Every way to cut the bytes into two; a piece may be empty.</summary>
    internal static IEnumerable<byte[][]> CutInTwo(byte[] bytes) =>
        Enumerable.Range(0, bytes.Length + 1).Select(at => new[] { bytes[..at], bytes[at..] });

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
