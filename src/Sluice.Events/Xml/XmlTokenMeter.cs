using System.Diagnostics;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>Measures the tags, comments, processing instructions and texts of a document on their way to a parser that is not ours. It ends
/// the document where one of them is too long, and knows nothing else of XML. Thread safety: one thread at a time.</summary>
/// <remarks>The limit is decided by the document's bytes alone: never by how they come, nor by how far ahead the parser reads. What is in error some other way is the
/// parser's to say. A character counts as many bytes as a '&lt;' has in the document's encoding, in UTF-8 as many as it has.</remarks>
/// <param name="longest">The number of bytes that one of them may have.</param>
/// <param name="options">The options, for messages.</param>
[DebuggerDisplay("{_state}, {_length} bytes")]
internal sealed partial class XmlTokenMeter(long longest, XmlEventsOptions options)
{
    private const byte Beyond = 0xC3; // stands for a character beyond ASCII, as the first byte of two would
    private const byte BeyondInPairs = 0xF0; // the same for one that is a pair in UTF-16
    private const byte BeginsMark = 0xEF; // the first byte of a byte order mark in UTF-8

    private State _state = State.Text;
    private long _length; // of what has begun and not ended, in bytes
    private XmlPosition _start = new(); // of the same
    private XmlPosition _position = new();
    private bool _isBehindFirst; // something was looked at

    // Within one look: the index at which what is measured begins, and that at which it really begins; negative if that was before.
    private long _from;
    private int _begunAt;

    // Of a document that is not UTF-8.
    private Encoding _encoding = Encoding.UTF8;
    private Decoder? _decoder;
    private int _width = 1; // of a '<'
    private char[] _characters = [];
    private byte[] _narrowed = [];

    /// <summary>The error behind what was taken; null if there is none.</summary>
    internal XmlException? Failure { get; private set; }

    /// <summary>The number of bytes at which what has begun is too long. A text has at most three for each character that is allowed, but
    /// six in other encodings than UTF-8, and before the root a document type that was made blank counts too.</summary>
    private long Limit => !IsText ? longest : _hasRoot && _decoder is null ? longest + 1 : (2 * longest) + 1;

    /// <summary>In a reference the text around it counts too.</summary>
    private long Measured => _state == State.Reference ? Math.Max(_length, _run * _width) : _length;

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="encoding">The document's encoding, as far as it is known.</param>
    /// <returns>How many of them the parser should see: all, unless there is a <see cref="Failure"/>.</returns>
    internal int Take(ReadOnlySpan<byte> bytes, Encoding encoding)
    {
        if (encoding.CodePage != _encoding.CodePage)
        {
            (_encoding, _decoder, _width) = (encoding, encoding.GetDecoder(), encoding.GetByteCount("<")); // what came before was ASCII, in any of them
        }

        var taken = 0;
        while (taken < bytes.Length && Failure is null)
        {
            // No more than the limit at once: what begins within the part and ends there is short enough.
            var part = bytes[taken..(int)Math.Min(bytes.Length, taken + Math.Min(longest, Limit - Measured))];
            Look(_decoder is null ? part : Narrow(part));
            taken += part.Length;
            if (Measured >= Limit)
            {
                Failure = _start.Error(IsText ? XmlLimits.TextTooLong(options) : XmlLimits.TokenTooLong(longest));
            }
        }

        return taken;
    }

    /// <summary>Writes a byte for each character, of which those of ASCII are themselves.</summary>
    private ReadOnlySpan<byte> Narrow(ReadOnlySpan<byte> bytes)
    {
        var most = _encoding.GetMaxCharCount(bytes.Length);
        if (_characters.Length < most)
        {
            (_characters, _narrowed) = (new char[most], new byte[most]);
        }

        var count = 0;
        foreach (var character in _characters.AsSpan(0, _decoder!.GetChars(bytes, _characters, flush: false)))
        {
            if (!char.IsLowSurrogate(character))
            {
                _narrowed[count++] = character < 0x80 ? (byte)character : character == '\uFEFF' ? BeginsMark : char.IsHighSurrogate(character) ? BeyondInPairs : Beyond;
            }
        }

        return _narrowed.AsSpan(0, count);
    }

    private void Look(ReadOnlySpan<byte> units)
    {
        if (!_isBehindFirst && !units.IsEmpty)
        {
            _isBehindFirst = true;
            _start = _position = units[0] == BeginsMark ? XmlPosition.BeforeFirst : new();
        }

        (_from, _begunAt) = (-_length / _width, -1);
        for (var at = 0; at < units.Length;)
        {
            at = Next(units, at);
        }

        _length = (units.Length - _from) * _width;
        if (_begunAt >= 0)
        {
            _position.Advance(units[.._begunAt]);
            _start = _position;
            units = units[_begunAt..];
        }

        _position.Advance(units);
    }
}
