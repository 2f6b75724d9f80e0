using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Sluice;

/// <summary>Makes events of bytes that come in pieces of any size.</summary>
/// <param name="options">Limits, and what to allow.</param>
/// <param name="origin">What the bytes are of, for errors; null if they have no name.</param>
[DebuggerDisplay("line {_line + 1}, {Bytes.Waiting.Length} bytes waiting")]
internal sealed partial class JsonTokenizer(JsonEventsOptions options, string? origin)
{
    private readonly BytePages _pages = new();
    private readonly JsonNames _names = new();
    private readonly JsonLookahead _lookahead = new(options.AllowComments);
    private readonly JsonPlace _place = new(options.ForReader);
    private JsonException? _failure;
    private bool _atBeginning = true;
    private bool _isReadable; // whether what is waiting may have a token

    /// <summary>Takes the bytes; call <see cref="Added"/> when more are in it.</summary>
    internal ByteWindow Bytes { get; } = new();

    /// <summary>Gets whether the end of the document has come in.</summary>
    internal bool IsLast { get; private set; }

    /// <summary>Bytes have come in; none at the end of the document.</summary>
    internal void Added(int count)
    {
        var isFresh = Bytes.Waiting.Length == 0;
        Bytes.Added(count);
        IsLast = count == 0;
        if (_atBeginning)
        {
            if (!IsLast && Bytes.Waiting.Length < 3 && Encoding.UTF8.Preamble.StartsWith(Bytes.Waiting))
            {
                return; // perhaps a byte order mark
            }

            _atBeginning = false;
            isFresh = true;
            Bytes.Use(Bytes.Waiting.StartsWith(Encoding.UTF8.Preamble) ? 3 : 0);
        }

        _isReadable = IsLast || isFresh || _lookahead.IsEnough(Bytes.Waiting);
    }

    /// <summary>Writes the next events to an array, as many as fit; 0 if more bytes are needed.</summary>
    /// <exception cref="JsonException">The document is not well-formed, or past a limit; all events before it were given
    /// out.</exception>
    internal int Read(JsonEvent[] events)
    {
        var count = _isReadable && _failure is null ? ReadWaiting(events) : 0;
        if (count == 0)
        {
            _failure ??= RefusalOfWaiting();
            if (_failure is not null)
            {
                throw _failure;
            }
        }

        return count;
    }

    private int ReadWaiting(JsonEvent[] events)
    {
        var count = 0;
        var waiting = Bytes.Waiting;
        var reader = new Utf8JsonReader(waiting, IsLast, _place.StateAt(options.ForReader, _line, _column));
        try
        {
            while (count < events.Length && (_isReadable = reader.Read()))
            {
                _failure = Refusal(ref reader, waiting);
                if (_failure is not null)
                {
                    break;
                }

                events[count] = EventOf(ref reader);
                count++; // not before: what is refused is no event
            }
        }
        catch (JsonException error)
        {
            _failure = Explained(error, waiting, (int)reader.BytesConsumed);
        }
        catch (InvalidOperationException error)
        {
            _failure = Error("This text is not UTF-8, or has an escape for half of a surrogate pair. JSON is written in UTF-8.", waiting, reader.TokenStartIndex, error);
        }

        _place.MoveTo(reader.CurrentState);
        if (reader.BytesConsumed > 0)
        {
            Count(waiting[..(int)reader.BytesConsumed]);
            Bytes.Use((int)reader.BytesConsumed);
            _lookahead.Reset();
        }

        return count;
    }

    private JsonEvent EventOf(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        var made = reader.TokenType switch
        {
            JsonTokenType.StartObject => new(JsonEventKind.StartObject, depth),
            JsonTokenType.EndObject => new(JsonEventKind.EndObject, depth),
            JsonTokenType.StartArray => new(JsonEventKind.StartArray, depth),
            JsonTokenType.EndArray => new(JsonEventKind.EndArray, depth),
            JsonTokenType.PropertyName => NameOf(ref reader),
            JsonTokenType.String => Kept(JsonEventKind.String, depth, CopyText(ref reader)),
            JsonTokenType.Number => NumberOf(ref reader),
            JsonTokenType.True => new(JsonEventKind.True, depth),
            JsonTokenType.False => new(JsonEventKind.False, depth),
            _ => new JsonEvent(JsonEventKind.Null, depth),
        };
        _hasValue |= depth == 0 && made.Kind is not (JsonEventKind.StartObject or JsonEventKind.StartArray);
        return made;
    }

    private JsonEvent NameOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped && _names.Find(reader.ValueSpan) is { } known)
        {
            return new(JsonEventKind.Name, reader.CurrentDepth, known);
        }

        var text = CopyText(ref reader);
        return (_names.Find(text) ?? _names.Add(text)) is { } name
            ? new(JsonEventKind.Name, reader.CurrentDepth, name)
            : Kept(JsonEventKind.Name, reader.CurrentDepth, text);
    }

    private JsonEvent NumberOf(ref Utf8JsonReader reader)
    {
        var room = _pages.Room(reader.ValueSpan.Length);
        reader.ValueSpan.CopyTo(room);
        return Kept(JsonEventKind.Number, reader.CurrentDepth, room);
    }

    /// <summary>Without escapes, and looked at whether it is UTF-8.</summary>
    /// <exception cref="InvalidOperationException">It is not.</exception>
    private Span<byte> CopyText(ref Utf8JsonReader reader)
    {
        var room = _pages.Room(reader.ValueSpan.Length);
        return room[..reader.CopyString(room)];
    }

    private JsonEvent Kept(JsonEventKind kind, int depth, ReadOnlySpan<byte> room)
    {
        if (JsonEvent.IsShort(room.Length))
        {
            return JsonEvent.Short(kind, depth, room);
        }

        var (page, start) = _pages.Keep(room.Length);
        return JsonEvent.InArray(kind, depth, page, start, room.Length);
    }
}
