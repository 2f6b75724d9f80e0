using System.Text;
using Sluice.Bytes;

namespace Sluice;

/// <summary>A decoder whose state can be stored: the bytes of a character that has begun. Owner: the strand of the stage.</summary>
[PortableCodec(typeof(Codec))]
internal sealed class KeptDecoder
{
    private Encoding? _encoding;
    private Decoder? _decoder;

    /// <summary>The bytes that the decoder keeps; a new one gets them first.</summary>
    private byte[] _begun = [];

    /// <summary>The number of bytes of the shortest character; 0 if it is not known what the decoder keeps.</summary>
    private static int UnitOf(Encoding encoding) => encoding.CodePage switch
    {
        1200 or 1201 => 2, // UTF-16
        12000 or 12001 => 4, // UTF-32
        65001 => 1,
        _ => encoding.IsSingleByte ? 1 : 0,
    };

    /// <summary>Decodes bytes.</summary>
    internal int GetChars(Encoding encoding, ReadOnlySpan<byte> bytes, Span<char> characters, bool isLast)
    {
        if (_decoder is null)
        {
            (_encoding, _decoder) = (encoding, encoding.GetDecoder());
            _decoder.GetChars(_begun, new char[encoding.GetMaxCharCount(_begun.Length)], flush: false); // gives none
        }

        var count = _decoder.GetChars(bytes, characters, isLast);
        Note(encoding, bytes);
        return count;
    }

    internal void Reset()
    {
        _decoder?.Reset();
        _begun = [];
    }

    private void Note(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        const int MostOfCharacter = 8;
        var unit = UnitOf(encoding);
        if (encoding.IsSingleByte || unit == 0 || bytes.IsEmpty)
        {
            return;
        }

        // What is kept begins with a unit, so all together do. Of many bytes the last ones are enough, from the beginning of a unit on.
        var skipped = bytes.Length <= MostOfCharacter ? 0 : bytes.Length - MostOfCharacter - ((_begun.Length + bytes.Length) % unit);
        byte[] last = skipped > 0 ? bytes[skipped..].ToArray() : [.. _begun, .. bytes];
        _begun = last[^LengthOfBegun(encoding, last, unit)..];
    }

    private static int LengthOfBegun(Encoding encoding, ReadOnlySpan<byte> last, int unit)
    {
        var part = last.Length % unit;
        if (unit == 2)
        {
            var high = encoding.CodePage == 1200 ? 1 : 0; // of the two bytes
            return last.Length >= 2 + part && (last[^(2 + part - high)] & 0xFC) == 0xD8 ? 2 + part : part;
        }

        if (encoding.CodePage != 65001)
        {
            return part;
        }

        for (var length = 1; length <= Math.Min(3, last.Length); length++)
        {
            if ((last[^length] & 0xC0) != 0x80)
            {
                return Rune.DecodeFromUtf8(last[^length..], out _, out _) == System.Buffers.OperationStatus.NeedMoreData ? length : 0;
            }
        }

        return 0;
    }

    private sealed class Codec : PortableCodec<KeptDecoder>
    {
        public override void Write(ByteSink to, KeptDecoder value)
        {
            if (value._encoding is { } encoding && UnitOf(encoding) == 0)
            {
                throw new NotSupportedException($"The state of the decoder of '{encoding.WebName}' cannot be stored. A job reads UTF-8, UTF-16, UTF-32, and encodings with one byte for each character.");
            }

            to.WriteCount(value._begun.Length);
            to.WriteBytes(value._begun);
        }

        public override KeptDecoder Read(ByteSource from) => new() { _begun = from.ReadBytes(from.ReadCount()).ToArray() };
    }
}
