namespace Sluice;

/// <summary>Options of <see cref="XmlEvents"/>, <see cref="Utf8Xml"/> and <c>Expat</c>. Thread safety: immutable.</summary>
public sealed class XmlEventsOptions
{
    internal static readonly XmlEventsOptions Default = new();

    /// <summary>Gets whether white space that stands alone between two pieces of markup (tags, comments, CDATA sections) is
    /// text too; white space in a CDATA section always is. Default false.</summary>
    public bool KeepWhitespace { get; init; }

    /// <summary>Gets whether a document type (<c>&lt;!DOCTYPE ...&gt;</c>) is an error or is skipped. Default
    /// <see cref="XmlDoctype.Refuse"/>. To have entities and default values from one, give
    /// <see cref="XmlEvents.Read(System.Xml.XmlReader, XmlEventsOptions?)"/> a reader that processes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to no value of the enumeration.</exception>
    public XmlDoctype Doctype
    {
        get;
        init => field = value is XmlDoctype.Refuse or XmlDoctype.Skip ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"{nameof(Doctype)} is {nameof(XmlDoctype.Refuse)} or {nameof(XmlDoctype.Skip)}.");
    }

    /// <summary>The deepest nesting of elements; deeper is an error. Default 1,000 levels; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than 1.</exception>
    public int MaxDepth
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1000;

    /// <summary>The longest text between two tags, in characters (UTF-16); longer is an error. Anything else that has to
    /// be in memory as a whole (a tag, a comment) may take three bytes for each of these characters, and 1 MiB more.
    /// Default 16 Mi (16,777,216) characters; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than 1.</exception>
    public int MaxTextLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 16 << 20;

    /// <summary>The longest document, in characters (UTF-16); longer is an error, behind the events that are within. A byte order mark
    /// and a document type that is skipped count too. Default 0: no limit, since memory does not depend on it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than 0.</exception>
    public long MaxDocumentLength
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>The number of bytes that a tag or a comment may have beyond those of the longest text. Default 1 MiB; tests that cut documents at the limit have fewer.</summary>
    internal int MarkupAllowance { get; init; } = 1 << 20;
}
