using System.Diagnostics;

namespace Sluice;

/// <summary>What an <see cref="XmlEvent"/> tells.</summary>
public enum XmlEventKind
{
    /// <summary>An element begins.</summary>
    Start,

    /// <summary>Text between two tags.</summary>
    Text,

    /// <summary>An element ends; an empty element (<c>&lt;a/&gt;</c>) begins and ends.</summary>
    End,
}

/// <summary>One event of an XML document, in the order of the document: the same from every source of them.</summary>
/// <remarks>
/// A value that may be kept as long as wanted. Text becomes a string only when <see cref="Text"/> is read, each time
/// anew; until then it refers to a block of text that it shares with its neighbours. Thread safety: immutable.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public readonly struct XmlEvent : IEquatable<XmlEvent>
{
    private readonly string? _name;
    private readonly object? _data; // text: the block it is in; start: its attributes, if any
    private readonly int _start;
    private readonly int _length;

    private XmlEvent(XmlEventKind kind, string? name, object? data, int start, int length)
    {
        Kind = kind;
        _name = name;
        _data = data;
        _start = start;
        _length = length;
    }

    /// <summary>What the event tells.</summary>
    public XmlEventKind Kind { get; }

    /// <summary>The element's name as it stands in the document, prefix included; empty for text.</summary>
    public string Name => _name ?? "";

    /// <summary>The text, entities replaced; empty for tags. Allocates the string each time.</summary>
    public string Text => _data is char[] block ? new string(block, _start, _length) : "";

    /// <summary>The text without a string for it; empty for tags.</summary>
    public ReadOnlySpan<char> TextSpan => _data is char[] block ? block.AsSpan(_start, _length) : default;

    /// <summary>The attributes of a start, in the order of the document; empty if there are none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes => _data as KeyValuePair<string, string>[] ?? [];

    /// <summary>Whether two events are equal.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>As <see cref="Equals(XmlEvent)"/>.</returns>
    public static bool operator ==(XmlEvent left, XmlEvent right) => left.Equals(right);

    /// <summary>Whether two events differ.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>The opposite of <see cref="Equals(XmlEvent)"/>.</returns>
    public static bool operator !=(XmlEvent left, XmlEvent right) => !left.Equals(right);

    /// <summary>Makes the start of an element.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="attributes">Its attributes; the array is kept.</param>
    /// <returns>The event.</returns>
    public static XmlEvent ForStart(string name, params KeyValuePair<string, string>[] attributes) =>
        new(XmlEventKind.Start, name, attributes is { Length: > 0 } ? attributes : null, 0, 0);

    /// <summary>Makes the end of an element.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The event.</returns>
    public static XmlEvent ForEnd(string name) => new(XmlEventKind.End, name, null, 0, 0);

    /// <summary>Makes text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The event.</returns>
    public static XmlEvent ForText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return ForText(text.ToCharArray(), 0, text.Length);
    }

    /// <summary>Text inside a block that nobody writes to any more.</summary>
    internal static XmlEvent ForText(char[] block, int start, int length) => new(XmlEventKind.Text, null, block, start, length);

    /// <summary>Whether an element of this name begins.</summary>
    /// <param name="name">The name, compared by its characters.</param>
    /// <returns>True for the start of such an element.</returns>
    public bool IsStart(string name) => Kind == XmlEventKind.Start && _name == name;

    /// <summary>Whether an element of this name ends.</summary>
    /// <param name="name">The name, compared by its characters.</param>
    /// <returns>True for the end of such an element.</returns>
    public bool IsEnd(string name) => Kind == XmlEventKind.End && _name == name;

    /// <summary>The value of an attribute.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <returns>Its value, or null if there is no such attribute.</returns>
    public string? Attribute(string name)
    {
        foreach (var attribute in _data as KeyValuePair<string, string>[] ?? [])
        {
            if (attribute.Key == name)
            {
                return attribute.Value;
            }
        }

        return null;
    }

    /// <summary>Whether kind, name, text and attributes are the same.</summary>
    /// <param name="other">The other event.</param>
    /// <returns>True if they are.</returns>
    public bool Equals(XmlEvent other) =>
        Kind == other.Kind && Name == other.Name && TextSpan.SequenceEqual(other.TextSpan) && Attributes.SequenceEqual(other.Attributes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XmlEvent other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _name, string.GetHashCode(TextSpan));

    /// <summary>The event as it could stand in a document.</summary>
    /// <returns>The tag, or the text.</returns>
    public override string ToString() => Kind switch
    {
        XmlEventKind.Start => $"<{Name}{string.Concat(Attributes.Select(static attribute => $" {attribute.Key}=\"{attribute.Value}\""))}>",
        XmlEventKind.End => $"</{Name}>",
        _ => Text,
    };
}
