using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice;

/// <summary>One event of a JSON document, in the order of the document.</summary>
/// <remarks>A value that may be kept as long as wanted; one with a long text keeps up to 8 KiB of its neighbours' with it.
/// Strings are made each time that they are asked for; that of a property's name only once for a name that the
/// source already knows. Thread safety: immutable.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
[PortableCodec(typeof(JsonEventCodec))]
public readonly struct JsonEvent : IEquatable<JsonEvent>
{
    // 24 bytes, one reference: an event is copied a few times on its way. Short texts lie in it, most numbers are such.
    private readonly object? _data; // a JsonName; the array that the text lies in; null if the text is in _bits
    private readonly ulong _bits; // the text itself, or where it starts (low half) and how long it is (high half)
    private readonly int _depth;
    private readonly JsonEventKind _kind;
    private readonly byte _length; // of a text that is in _bits

    internal JsonEvent(JsonEventKind kind, int depth, object? data = null, ulong bits = 0, int length = 0)
    {
        _kind = kind;
        _depth = depth;
        _data = data;
        _bits = bits;
        _length = (byte)length;
    }

    /// <summary>The kind of the event.</summary>
    public JsonEventKind Kind => _kind;

    /// <summary>The number of objects that and arrays are around it: 0 for a value that is in none. The end of an object or array has
    /// the depth of its start.</summary>
    public int Depth => _depth;

    /// <summary>The name of a property, escapes replaced; empty for other events.</summary>
    public string Name => _kind == JsonEventKind.Name ? TextOrName : "";

    /// <summary>The text of a string, escapes replaced, or a number as it stands in the document; empty for other
    /// events.</summary>
    public string Text => _kind == JsonEventKind.Name ? "" : TextOrName;

    /// <summary>The bytes of the name, string or number: always well-formed UTF-8, escapes replaced; empty for other events.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Utf8 => _data switch
    {
        null => MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in _bits))[.._length],
        JsonName name => name.Utf8,
        _ => ((byte[])_data).AsSpan((int)(uint)_bits, (int)(_bits >> 32)),
    };

    private string TextOrName => _data is JsonName name ? name.Text : Encoding.UTF8.GetString(Utf8);

    /// <summary>Gets whether two events are equal.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>As <see cref="Equals(JsonEvent)"/>.</returns>
    public static bool operator ==(JsonEvent left, JsonEvent right) => left.Equals(right);

    /// <summary>Gets whether two events differ.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>The opposite of <see cref="Equals(JsonEvent)"/>.</returns>
    public static bool operator !=(JsonEvent left, JsonEvent right) => !left.Equals(right);

    /// <summary>Makes an event by hand, for instance to test a stage.</summary>
    /// <param name="kind">The kind of the event.</param>
    /// <param name="text">The name, string or number; default empty. Other kinds have none. It is not checked.</param>
    /// <param name="depth">How many objects and arrays are around it; default 0.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="text"/> is null.</exception>
    public static JsonEvent Create(JsonEventKind kind, string text = "", int depth = 0)
    {
        ArgumentNullException.ThrowIfNull(text);
        var utf8 = Encoding.UTF8.GetBytes(text);
        return kind == JsonEventKind.Name ? new(kind, depth, new JsonName(text, utf8)) : InArray(kind, depth, utf8, 0, utf8.Length);
    }

    /// <summary>Returns whether this is the name of a property, and which. Allocates nothing unless the name is not ASCII.</summary>
    /// <param name="name">The name, compared by its characters.</param>
    /// <returns>True if it is.</returns>
    public bool IsName(string name) => _kind == JsonEventKind.Name && IsText(name);

    /// <summary>Returns whether this is a string of this text. Allocates nothing unless the string is not ASCII.</summary>
    /// <param name="text">The text, compared by its characters.</param>
    /// <returns>True if it is.</returns>
    public bool IsString(string text) => _kind == JsonEventKind.String && IsText(text);

    /// <summary>The number, if it is a whole one that fits. Allocates nothing.</summary>
    /// <param name="value">The number.</param>
    /// <returns>False if it is not a number, has a point or an exponent, or does not fit.</returns>
    public bool TryGetInt64(out long value)
    {
        value = 0;
        return _kind == JsonEventKind.Number && long.TryParse(Utf8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The number, rounded to what a <see cref="double"/> can be; one that is too large is infinite. Allocates nothing.</summary>
    /// <param name="value">The number.</param>
    /// <returns>False if it is not a number.</returns>
    public bool TryGetDouble(out double value)
    {
        value = 0;
        return _kind == JsonEventKind.Number && double.TryParse(Utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The number, rounded to the digits that a <see cref="decimal"/> has. Allocates nothing.</summary>
    /// <param name="value">The number.</param>
    /// <returns>False if it is not a number, or does not fit.</returns>
    public bool TryGetDecimal(out decimal value)
    {
        value = 0;
        return _kind == JsonEventKind.Number && decimal.TryParse(Utf8, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Returns whether kind, depth and text are the same.</summary>
    /// <param name="other">The other event.</param>
    /// <returns>True if they are.</returns>
    public bool Equals(JsonEvent other) => _kind == other._kind && _depth == other._depth && Utf8.SequenceEqual(other.Utf8);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JsonEvent other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_kind);
        hash.Add(_depth);
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    /// <summary>The event for people to read.</summary>
    /// <returns>The bracket, name with colon, text in quotes, number or word.</returns>
    public override string ToString() => _kind switch
    {
        JsonEventKind.StartObject => "{",
        JsonEventKind.EndObject => "}",
        JsonEventKind.StartArray => "[",
        JsonEventKind.EndArray => "]",
        JsonEventKind.Name => $"\"{Name}\":",
        JsonEventKind.String => $"\"{Text}\"",
        JsonEventKind.Number => Text,
        JsonEventKind.True => "true",
        JsonEventKind.False => "false",
        JsonEventKind.Null => "null",
        _ => "",
    };

    /// <summary>Returns whether a text of this length lies in the event itself.</summary>
    internal static bool IsShort(int length) => length <= sizeof(ulong);

    internal static JsonEvent Short(JsonEventKind kind, int depth, ReadOnlySpan<byte> text)
    {
        var bits = 0UL;
        text.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref bits)));
        return new(kind, depth, null, bits, text.Length);
    }

    /// <summary>A text in an array that no one writes to any more.</summary>
    internal static JsonEvent InArray(JsonEventKind kind, int depth, byte[] array, int start, int length) =>
        new(kind, depth, array, (uint)start | ((ulong)(uint)length << 32));

    private bool IsText(string text) => _data is JsonName name
        ? name.Text == text
        : Ascii.Equals(Utf8, text) || (!Ascii.IsValid(Utf8) && TextOrName == text);
}
