using System.Text;
using System.Text.Json;

namespace Sluice;

/// <summary>The place in a JSON document between two tokens, as the reader knows it, and as bytes.</summary>
/// <remarks>As bytes it is the shortest beginning of a document that leads to such a place: <c>{"":[</c> is in an array in an object. Reading that gives the reader's own state,
/// which cannot be stored itself. Owner: the tokenizer.</remarks>
[PortableCodec(typeof(Codec))]
internal sealed class JsonPlace
{
    private JsonReaderState _state;

    /// <summary>The beginning of a document that leads to the place, and has not been read yet.</summary>
    private byte[]? _beginning;

    /// <summary>The place of that beginning's end, in the document; the reader counts from the beginning's start.</summary>
    private (long Line, long Column, int Length) _moved;

    internal JsonPlace(JsonReaderOptions options) => _state = new(options);

    private JsonPlace(byte[] beginning) => _beginning = beginning;

    /// <summary>The state with which a reader goes on.</summary>
    /// <param name="options">The options of the reader.</param>
    /// <param name="line">The line of the next byte, from 0.</param>
    /// <param name="column">Its column.</param>
    internal JsonReaderState StateAt(JsonReaderOptions options, long line, long column)
    {
        if (_beginning is { } beginning)
        {
            _state = Follow(new(options), beginning);
            _moved = (line, column, beginning.Length);
            _beginning = null;
        }

        return _state;
    }

    internal void MoveTo(JsonReaderState state) => _state = state;

    /// <summary>The place in the document of one at which the reader says that it is.</summary>
    internal (long Line, long Column) InDocument(long line, long column) =>
        line == 0 ? (_moved.Line, column - _moved.Length + _moved.Column) : (line + _moved.Line, column);

    private static JsonReaderState Follow(JsonReaderState state, ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, state);
        while (reader.Read())
        {
        }

        return reader.CurrentState;
    }

    private byte[] ToBeginning()
    {
        if (_beginning is not null)
        {
            return _beginning;
        }

        var reader = new Utf8JsonReader([], isFinalBlock: false, _state);
        var last = reader.TokenType;
        var depth = reader.CurrentDepth + (last is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);
        var areObjects = KindsOf(_state, last, depth);
        var beginning = new StringBuilder();
        for (var i = 0; i < depth; i++)
        {
            beginning.Append(areObjects[i] ? '{' : '[').Append(areObjects[i] && i < depth - 1 ? "\"\":" : "");
        }

        beginning.Append(last switch
        {
            JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray => "",
            JsonTokenType.PropertyName => "\"\":",
            JsonTokenType.EndObject or JsonTokenType.EndArray when depth == 0 => "[]",
            _ => depth > 0 && areObjects[depth - 1] ? "\"\":\"\"" : "\"\"",
        });
        return Encoding.UTF8.GetBytes(beginning.ToString());
    }

    /// <summary>Finds out which of the open ones are objects, the outermost first: the reader takes only the end of what is open.</summary>
    private static bool[] KindsOf(JsonReaderState state, JsonTokenType last, int depth)
    {
        var areObjects = new bool[depth];
        for (var i = depth - 1; i >= 0; i--)
        {
            var afterName = last == JsonTokenType.PropertyName && i == depth - 1;
            areObjects[i] = afterName || TryFollow(ref state, "}"u8);
            if (!areObjects[i])
            {
                state = Follow(state, "]"u8);
            }
            else if (afterName)
            {
                state = Follow(state, "\"\"}"u8);
            }
        }

        return areObjects;
    }

    private static bool TryFollow(ref JsonReaderState state, ReadOnlySpan<byte> bytes)
    {
        try
        {
            state = Follow(state, bytes);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed class Codec : PortableCodec<JsonPlace>
    {
        public override void Write(ByteSink to, JsonPlace value)
        {
            var beginning = value.ToBeginning();
            to.WriteCount(beginning.Length);
            to.WriteBytes(beginning);
        }

        public override JsonPlace Read(ByteSource from) => new(from.ReadBytes(from.ReadCount()).ToArray());
    }
}
