using System.Diagnostics;
using System.Text;

namespace Sluice;

/// <summary>The kinds of <see cref="XmlEvent"/>.</summary>
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
/// <remarks>A value that may be kept as long as wanted. From a source that reads bytes, its texts and attributes are UTF-8
/// until they are asked for: <see cref="Text"/>, <see cref="Attributes"/> and <see cref="Attribute"/> then make a new string
/// each time, <see cref="IsText"/> none. A kept event keeps the page of up to 64 KiB, or longer if its text is, that its bytes
/// are in; a kept string does not. Thread safety: immutable.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
[PortableCodec(typeof(XmlEventCodec))]
public readonly struct XmlEvent : IEquatable<XmlEvent>
{
    // 16 bytes, one of them a reference: an event is copied a few times on its way. The reference is a tag's name or a text (a
    // string), a start's tag if it has attributes, or the page on which text or attributes are.
    private readonly object? _data;
    private readonly XmlSlice _slice;

    private XmlEvent(XmlEventKind kind, object data, XmlSlice slice = default)
    {
        Kind = kind;
        _data = data;
        _slice = slice;
    }

    /// <summary>The kind of the event.</summary>
    public XmlEventKind Kind { get; }

    /// <summary>The element's name as it stands in the document, prefix included; empty for text.</summary>
    public string Name => Kind == XmlEventKind.Text ? "" : _data as string ?? NameOfTag();

    /// <summary>The text, entities replaced; empty for tags.</summary>
    public string Text => Kind != XmlEventKind.Text ? "" : _data as string ?? Encoding.UTF8.GetString(Bytes);

    /// <summary>The attributes of a start, in the order of the document; empty if there are none.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes => Kind != XmlEventKind.Start ? [] : _data switch
    {
        TagWithAttributes tag => tag.Attributes,
        XmlPage page => page.Attributes(_slice),
        _ => [],
    };

    /// <summary>The page with the bytes of the text or of the attributes; null if they are strings.</summary>
    internal XmlPage? Page => _data as XmlPage;

    /// <summary>Their place on the page.</summary>
    internal XmlSlice Slice => _slice;

    private ReadOnlySpan<byte> Bytes => ((XmlPage)_data!)[_slice];

    /// <summary>Gets whether two events are equal.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>As <see cref="Equals(XmlEvent)"/>.</returns>
    public static bool operator ==(XmlEvent left, XmlEvent right) => left.Equals(right);

    /// <summary>Gets whether two events differ.</summary>
    /// <param name="left">An event.</param>
    /// <param name="right">Another.</param>
    /// <returns>The opposite of <see cref="Equals(XmlEvent)"/>.</returns>
    public static bool operator !=(XmlEvent left, XmlEvent right) => !left.Equals(right);

    /// <summary>Makes the start of an element without attributes.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The event.</returns>
    public static XmlEvent ForStart(string name) => new(XmlEventKind.Start, name);

    /// <summary>Makes the start of an element.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="attributes">Its attributes; the array is kept.</param>
    /// <returns>The event.</returns>
    public static XmlEvent ForStart(string name, params KeyValuePair<string, string>[] attributes) =>
        new(XmlEventKind.Start, attributes is { Length: > 0 } ? new TagWithAttributes(name, attributes) : name);

    /// <summary>Makes the end of an element.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The event.</returns>
    public static XmlEvent ForEnd(string name) => new(XmlEventKind.End, name);

    /// <summary>Makes text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="text"/> is null.</exception>
    public static XmlEvent ForText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(XmlEventKind.Text, text);
    }

    /// <summary>Makes text, or a start with attributes, of what stands on a page.</summary>
    internal static XmlEvent On(XmlPage page, XmlEventKind kind, XmlSlice slice) => new(kind, page, slice);

    /// <summary>Returns whether an element of this name begins.</summary>
    /// <param name="name">The name, compared by its characters.</param>
    /// <returns>True for the start of such an element.</returns>
    public bool IsStart(string name) => Kind == XmlEventKind.Start && Name == name;

    /// <summary>Returns whether an element of this name ends.</summary>
    /// <param name="name">The name, compared by its characters.</param>
    /// <returns>True for the end of such an element.</returns>
    public bool IsEnd(string name) => Kind == XmlEventKind.End && _data as string == name;

    /// <summary>Returns whether this is a certain text; no string is made to find out.</summary>
    /// <param name="text">The text, compared by its characters.</param>
    /// <returns>True for a text of exactly these characters.</returns>
    public bool IsText(ReadOnlySpan<char> text) =>
        Kind == XmlEventKind.Text && (_data is XmlPage page ? XmlPage.AreEqual(page[_slice], text) : text.SequenceEqual((string)_data!));

    /// <summary>The value of an attribute.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <returns>Its value, or null if there is no such attribute.</returns>
    public string? Attribute(string name)
    {
        if (Kind == XmlEventKind.Start && _data is XmlPage page)
        {
            return page.Attribute(_slice, name);
        }

        foreach (var attribute in Attributes)
        {
            if (attribute.Key == name)
            {
                return attribute.Value;
            }
        }

        return null;
    }

    /// <summary>Returns whether kind, name, text and attributes are the same.</summary>
    /// <param name="other">The other event.</param>
    /// <returns>True if they are.</returns>
    public bool Equals(XmlEvent other) =>
        Kind == other.Kind
        && (Kind == XmlEventKind.Text
            ? _data is XmlPage && other._data is XmlPage ? Bytes.SequenceEqual(other.Bytes) : Text == other.Text
            : Name == other.Name && Attributes.SequenceEqual(other.Attributes));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is XmlEvent other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Name, Text);

    /// <summary>The event as it could stand in a document.</summary>
    /// <returns>The tag, or the text.</returns>
    public override string ToString() => Kind switch
    {
        XmlEventKind.Start => $"<{Name}{string.Concat(Attributes.Select(static attribute => $" {attribute.Key}=\"{attribute.Value}\""))}>",
        XmlEventKind.End => $"</{Name}>",
        _ => Text,
    };

    private string NameOfTag() => _data switch
    {
        TagWithAttributes tag => tag.Name,
        XmlPage page => page.Shape(_slice).Name,
        _ => "",
    };

    private sealed record TagWithAttributes(string Name, KeyValuePair<string, string>[] Attributes);
}
