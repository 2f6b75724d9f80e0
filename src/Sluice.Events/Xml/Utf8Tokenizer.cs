using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.Intrinsics;
using System.Xml;

namespace Sluice;

/// <summary>Makes events of the bytes of an XML document, which come in pieces of any size. Thread safety: one thread at a
/// time.</summary>
/// <remarks>The bytes are put where <see cref="Free"/> says, so that a file is read right into place, or copied there with
/// <see cref="Add"/>. Complete parts leave at once: text goes to its page, and comments go, piece by piece. Only a tag
/// waits until it is there as a whole. It is then looked at again from its beginning, but what is missing of it is looked for
/// in new bytes only: no document takes more than linear time.</remarks>
[DebuggerDisplay("{_mode}, {_end - _at} bytes waiting, {_elements.Depth} deep")]
internal sealed partial class Utf8Tokenizer
{
    /// <summary>One step makes at most a text, and a start, a text and an end.</summary>
    internal const int EventsOfStep = 4;

    private const int MinFree = 32 << 10;

    // Behind the last byte there are always as many zeros: no scan needs to ask where the end is, since a zero is nothing that
    // can be in a document, and a vector can be loaded wherever a byte can.
    private const int Padding = 32;

    private readonly XmlEventsOptions _options;
    private readonly XmlNames _names = new();
    private readonly XmlPageWriter _writer = new();
    private byte[] _buffer = new byte[(2 * MinFree) + Padding];
    private int _at; // everything before is done
    private int _end;
    private Mode _mode = Mode.Beginning;
    private bool _isLast;
    private ExceptionDispatchInfo? _failure;

    internal Utf8Tokenizer(XmlEventsOptions options)
    {
        _options = options;
        _text.KeepsWhitespace = options.KeepWhitespace;
        _limits.Token = (int)Math.Min(XmlLimits.TokenLength(options), LongestArray);
        _limits.CharactersLeft = options.MaxDocumentLength > 0 ? options.MaxDocumentLength : long.MaxValue;
    }

    /// <summary>The part of the document that the next byte belongs to.</summary>
    private enum Mode
    {
        Beginning,
        Content,
        Tag, // one whose end has not come yet
        Comment,
        Instruction,
        Data,
        Doctype,
    }

    /// <summary>Room for more bytes; call <see cref="Added"/> when they are in it. <see cref="Read"/> has to have read all it can before.</summary>
    internal Memory<byte> Free()
    {
        if (_buffer.Length - Padding - _end < MinFree)
        {
            Forget();
        }

        return _buffer.AsMemory(_end, _buffer.Length - Padding - _end);
    }

    internal void Added(int count)
    {
        _end += Allowed(_buffer.AsSpan(_end, count));
        Vector256<byte>.Zero.CopyTo(_buffer, _end);
    }

    /// <summary>Copies as much as there is room for.</summary>
    /// <returns>How many bytes that is; at least one if there are any.</returns>
    internal int Add(ReadOnlySpan<byte> bytes)
    {
        var free = Free().Span;
        var count = Math.Min(free.Length, bytes.Length);
        bytes[..count].CopyTo(free);
        Added(count);
        return count;
    }

    /// <summary>No more bytes come.</summary>
    internal void End() => _isLast = true;

    /// <summary>Writes the next events to an array, as many as fit; 0 if more bytes are needed, or at the end.</summary>
    /// <exception cref="XmlException">The document is not well-formed, or past a limit; all events before it were given
    /// out.</exception>
    internal int Read(XmlEvent[] events)
    {
        var count = 0;
        try
        {
            while (_failure is null && count <= events.Length - EventsOfStep)
            {
                if (!Step(events, ref count))
                {
                    if (_mode == Mode.Tag && (_isLast || _limits.IsExceeded) && ErrorOfTag(null, events, ref count) is { } wrong)
                    {
                        throw wrong;
                    }

                    CheckEnd();
                    break;
                }
            }
        }
        catch (XmlException error)
        {
            _failure = ExceptionDispatchInfo.Capture(IsInTag ? ErrorOfTag(error, events, ref count)! : error);
        }

        if (count == 0)
        {
            _failure?.Throw();
        }

        return count;
    }

    /// <summary>Goes on as far as it knows what comes.</summary>
    /// <returns>False if more bytes are needed.</returns>
    private bool Step(XmlEvent[] events, ref int count) => _mode switch
    {
        Mode.Content => Content(events, ref count),
        Mode.Tag => FindEndOfTag(),
        Mode.Comment or Mode.Instruction => Skip(),
        Mode.Data => Data(),
        Mode.Doctype => Doctype(),
        _ => Beginning(),
    };

    private bool IsInTag => _mode == Mode.Tag || (_mode == Mode.Content && _text.Piece == NoPiece && _buffer[_at] == (byte)'<' && _buffer[_at + 1] is not ((byte)'!' or (byte)'?'));

    private bool Content(XmlEvent[] events, ref int count)
    {
        while (count <= events.Length - EventsOfStep)
        {
            if ((_buffer[_at] != (byte)'<' || _text.Piece != NoPiece) && !(_elements.Depth > 0 ? Text() : SkipOutside()))
            {
                return false;
            }

            switch (_buffer[_at + 1])
            {
                case (byte)'/':
                    if (!EndTag(events, ref count))
                    {
                        return AwaitEndOfTag();
                    }

                    break;
                case (byte)'!' or (byte)'?':
                    return Markup();
                case 0 when _at + 1 == _end:
                    return false;
                default:
                    HoldText();
                    if (!StartTag(events, ref count))
                    {
                        _writer.Discard();
                        LeaveScope(_elements.Depth);
                        return AwaitEndOfTag();
                    }

                    break;
            }
        }

        return true;
    }

    /// <summary>Makes room: what is done goes, and if that is not enough the buffer doubles.</summary>
    private void Forget()
    {
        CountTo(_at);
        var waiting = _end - _at;
        var target = waiting + MinFree + Padding > _buffer.Length ? new byte[Math.Min(_buffer.Length * 2L, LongestArray + MinFree + Padding)] : _buffer;
        _buffer.AsSpan(_at, waiting).CopyTo(target);
        Vector256<byte>.Zero.CopyTo(target, waiting);
        (_buffer, _unfinished.Found, _place.Counted, _at, _end) = (target, _unfinished.Found - _at, 0, 0, waiting);
    }
}
