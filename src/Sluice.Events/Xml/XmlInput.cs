using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>Stands before a parser that is not ours, and decides which bytes of a document it sees: a document type as blanks, so that no parser
/// acts on one and all positions stay, and nothing behind the longest document. An error is <see cref="Failure"/>, to be thrown when the
/// parser has been given everything before it. Thread safety: one thread at a time.</summary>
/// <remarks>Up to the root element every byte is decoded and looked at; from there on none, unless the document has a longest length.
/// Bytes that make no sense here are passed on, for the parser to refuse.</remarks>
/// <param name="options">The options.</param>
/// <param name="encodingOf">The encoding of a name; null if the parser does not read it.</param>
[DebuggerDisplay("{_state}, line {_position.Line}, column {_position.Column}")]
internal sealed partial class XmlInput(XmlEventsOptions options, Func<string, Encoding?> encodingOf)
{
    private readonly List<byte> _held = []; // may become "<!DOCTYPE", or is not a whole character yet
    private readonly List<byte> _ready = [];
    private readonly char[] _characters = new char[8];
    private State _state = State.Start;
    private bool _hasPassed; // the parser has seen something
    private Encoding _encoding = Encoding.UTF8;
    private Decoder _decoder = Encoding.UTF8.GetDecoder();
    private XmlPosition _position = new();
    private long _left = options.MaxDocumentLength == 0 ? long.MaxValue : options.MaxDocumentLength;

    private enum State
    {
        Start, // the encoding is not known yet
        Outside, // between markup, before the root element
        Markup, // behind '<', as far as it may become "<!DOCTYPE"
        CommentBegun, // behind "<!-"
        Comment,
        CommentDash,
        CommentDashes,
        Instruction,
        InstructionMark, // behind a '?' in it
        Doctype,
        Content,
        Failed,
    }

    /// <summary>The error behind everything that was passed on.</summary>
    internal XmlException? Failure { get; private set; }

    /// <summary>Gets whether from here on every byte is passed on as it is, without a look.</summary>
    internal bool IsTransparent => _state == State.Content && options.MaxDocumentLength == 0;

    /// <summary>The document's encoding, as far as it is known: UTF-8 until something says otherwise.</summary>
    internal Encoding Encoding => _encoding;

    /// <summary>Takes the next bytes.</summary>
    /// <returns>The bytes for the parser; valid until the next call.</returns>
    internal ReadOnlySpan<byte> Take(ReadOnlySpan<byte> bytes)
    {
        _ready.Clear();
        var taken = 0;
        while (taken < bytes.Length && _state is not (State.Content or State.Failed))
        {
            Take(bytes[taken++]);
        }

        if (_state == State.Content && taken < bytes.Length)
        {
            var rest = Within(bytes[taken..]);
            if (_ready.Count == 0)
            {
                return rest;
            }

            _ready.AddRange(rest);
        }

        return CollectionsMarshal.AsSpan(_ready);
    }

    /// <summary>No more bytes come.</summary>
    /// <returns>The last bytes for the parser.</returns>
    internal ReadOnlySpan<byte> End()
    {
        _ready.Clear();
        if (_state == State.Doctype)
        {
            Fail(XmlLimits.EndsInDoctype);
        }
        else if (_state != State.Failed)
        {
            Pass();
        }

        return CollectionsMarshal.AsSpan(_ready);
    }

    private void Take(byte next)
    {
        if (_state == State.Start)
        {
            Start(next);
            return;
        }

        if (!Decode(next, out var characters))
        {
            if (_state == State.Doctype)
            {
                Fail($"These bytes are no character of the encoding '{_encoding.WebName}'.");
                return;
            }

            _held.Add(next);
            _state = State.Content; // the parser says what is wrong
        }
        else if (characters.Length > _left)
        {
            Fail(XmlLimits.DocumentTooLong(options)); // what is held may be half a "<!DOCTYPE", about which a parser would complain
        }
        else
        {
            _held.Add(next);
            if (characters.IsEmpty)
            {
                return; // it is not complete yet
            }

            foreach (var character in characters)
            {
                Next(character);
                _position.Advance(character);
                _left--;
            }

            if (_state == State.Doctype)
            {
                _held.Clear();
            }
        }

        if (_state is not (State.Markup or State.Doctype or State.Failed))
        {
            Pass();
        }
    }

    /// <summary>Waits until the first bytes have shown the encoding; then they are taken.</summary>
    private void Start(byte next)
    {
        _held.Add(next);
        if (XmlEncodings.TryDetect(CollectionsMarshal.AsSpan(_held), out var encoding))
        {
            ReadAs(encoding);
            _state = State.Outside;
            var start = _held.ToArray();
            _held.Clear();
            foreach (var one in start)
            {
                if (_state is State.Content)
                {
                    _ready.AddRange(Within([one]));
                }
                else if (_state is not State.Failed)
                {
                    Take(one);
                }
            }
        }
    }

    private void ReadAs(Encoding encoding)
    {
        _encoding = encoding;
        _decoder = encoding.GetDecoder();
        _decoder.Fallback = DecoderFallback.ExceptionFallback;
    }

    private bool Decode(byte next, out ReadOnlySpan<char> characters)
    {
        try
        {
            var length = _decoder.GetChars([next], _characters, flush: false);
            characters = _characters.AsSpan(0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            characters = default;
            return false;
        }
    }

    /// <summary>As much of the content as is within the longest document.</summary>
    private ReadOnlySpan<byte> Within(ReadOnlySpan<byte> bytes)
    {
        if (options.MaxDocumentLength == 0)
        {
            return bytes;
        }

        var within = _encoding.CodePage == Encoding.UTF8.CodePage ? XmlLimits.LengthWithin(bytes, ref _left) : DecodedWithin(bytes);
        if (_encoding.CodePage == Encoding.UTF8.CodePage)
        {
            _position.Advance(bytes[..within]);
        }

        if (within < bytes.Length)
        {
            Fail(XmlLimits.DocumentTooLong(options));
        }

        return bytes[..within];
    }

    private int DecodedWithin(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!Decode(bytes[i], out var characters))
            {
                _decoder.Reset(); // the parser says what is wrong
            }
            else if (characters.Length > _left)
            {
                return i;
            }

            _left -= characters.Length;
            foreach (var character in characters)
            {
                _position.Advance(character);
            }
        }

        return bytes.Length;
    }

    private void Pass()
    {
        _hasPassed = _hasPassed || _held.Count > 0;
        _ready.AddRange(_held);
        _held.Clear();
    }

    private void Fail(string message) => Fail(message, _position);

    private void Fail(string message, XmlPosition position)
    {
        Failure = position.Error(message);
        _state = State.Failed;
    }
}
