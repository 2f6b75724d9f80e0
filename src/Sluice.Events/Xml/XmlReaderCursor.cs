using System.Runtime.ExceptionServices;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>Goes through a document and makes events of it.</summary>
/// <param name="reader">The reader.</param>
/// <param name="isOurs">Whether the reader was made here, over a <see cref="TokenLimitStream"/>; otherwise it was given to us.</param>
/// <param name="options">The options.</param>
/// <param name="origin">The file that the stream is of, for errors; null if it has no name.</param>
internal sealed class XmlReaderCursor(XmlReader reader, bool isOurs, XmlEventsOptions options, string? origin)
{
    /// <summary>One node of the reader makes at most a text, a start and an end.</summary>
    internal const int EventsOfNode = 3;

    private readonly IXmlLineInfo? _lines = reader as IXmlLineInfo; // one that reads a tree may know of no lines
    private readonly StringBuilder _pieces = new();
    private string? _text;
    private ExceptionDispatchInfo? _failure;
    private int _depth;
    private int _lastLine;
    private int _lastPosition;

    /// <summary>Writes the next events to an array, as many as fit; 0 at the end of the document.</summary>
    /// <exception cref="XmlException">The document is not well-formed, or past a limit; all events before it were given
    /// out.</exception>
    internal int Read(XmlEvent[] events)
    {
        var count = 0;
        NotePosition();
        try
        {
            while (Fits(events, count))
            {
                if (!reader.Read())
                {
                    TakeText(events, ref count);
                    break;
                }

                Take(events, ref count, HasText ? reader.Value : "");
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }

        return CountOrFailure(count);
    }

    /// <summary>The same without blocking while the stream has nothing.</summary>
    internal async ValueTask<int> ReadAsync(XmlEvent[] events)
    {
        var count = 0;
        NotePosition();
        try
        {
            while (Fits(events, count) && await reader.ReadAsync().ConfigureAwait(false))
            {
                var text = HasText ? await reader.GetValueAsync().ConfigureAwait(false) : "";
                Take(events, ref count, text);
            }
        }
        catch (Exception error)
        {
            Fail(error);
        }

        return CountOrFailure(count);
    }

    /// <summary>A reader that was given to us may be in the middle of an element, or read a fragment: its text has no element around it.</summary>
    private bool HasText => reader.NodeType switch
    {
        XmlNodeType.Text or XmlNodeType.CDATA => true,
        XmlNodeType.Whitespace => _depth > 0 && options.KeepWhitespace,
        XmlNodeType.SignificantWhitespace => _depth > 0,
        _ => false,
    };

    private void NotePosition() => (_lastLine, _lastPosition) = (_lines?.LineNumber ?? 0, _lines?.LinePosition ?? 0);

    private bool Fits(XmlEvent[] events, int count) => count <= events.Length - EventsOfNode && _failure is null;

    private void Take(XmlEvent[] events, ref int count, string text)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                TakeText(events, ref count);
                Start(events, ref count);
                break;
            case XmlNodeType.EndElement:
                TakeText(events, ref count);
                events[count++] = XmlEvent.ForEnd(reader.Name);
                _depth--;
                EndRoot();
                break;
            case XmlNodeType.EntityReference:
                ResolveEntity();
                break;
            case XmlNodeType.Text when IsLoneSpace(text):
                break;
            default:
                AddText(text);
                break;
        }
    }

    /// <summary>Also an error of the stream: it is thrown when what was read before it has been given out. Not a text whose end
    /// has not come: where a parser notices what is wrong must not decide how much of it a stage sees.</summary>
    private void Fail(Exception error) => _failure = ExceptionDispatchInfo.Capture(XmlOrigin.Named(Explained(error), origin));

    private int CountOrFailure(int count)
    {
        if (count == 0)
        {
            _failure?.Throw();
        }

        return count;
    }

    private void TakeText(XmlEvent[] events, ref int count)
    {
        if (_text is null)
        {
            return;
        }

        if (_pieces.Length > 0)
        {
            _text = _pieces.ToString();
            _pieces.Clear();
        }

        events[count++] = XmlEvent.ForText(_text);
        _text = null;
    }

    private void Start(XmlEvent[] events, ref int count)
    {
        if (_depth == options.MaxDepth)
        {
            throw Error(XmlLimits.TooDeep(options));
        }

        var isEmpty = reader.IsEmptyElement;
        var name = reader.Name;
        events[count++] = reader.AttributeCount == 0 ? XmlEvent.ForStart(name) : XmlEvent.ForStart(name, Attributes());
        if (isEmpty)
        {
            events[count++] = XmlEvent.ForEnd(name);
            EndRoot();
        }
        else
        {
            _depth++;
        }
    }

    /// <summary>A reader of ours has refused it before.</summary>
    private void ResolveEntity()
    {
        if (!reader.CanResolveEntity)
        {
            throw Error($"The reader does not resolve the entity '{reader.Name}'.");
        }

        reader.ResolveEntity(); // its nodes come next
    }

    /// <summary>The reader takes much white space for text if a block of it ends within, and so does one that reads a tree.</summary>
    private bool IsLoneSpace(string text) =>
        text.Length > 0 && text[0] <= ' ' && !options.KeepWhitespace && !text.AsSpan().ContainsAnyExcept(" \t\r\n") && reader.XmlSpace != XmlSpace.Preserve;

    /// <summary>Notes where the root element has ended: behind it the reader may fail without a position.</summary>
    private void EndRoot()
    {
        if (_depth == 0)
        {
            NotePosition();
        }
    }

    private KeyValuePair<string, string>[] Attributes()
    {
        var attributes = new KeyValuePair<string, string>[reader.AttributeCount];
        for (var i = 0; i < attributes.Length; i++)
        {
            reader.MoveToAttribute(i);
            attributes[i] = new(reader.Name, reader.Value);
        }

        reader.MoveToElement();
        return attributes;
    }

    /// <summary>Texts on both sides of a comment or a CDATA section's edge are pieces of one.</summary>
    private void AddText(string piece)
    {
        if (piece.Length == 0)
        {
            return; // an empty CDATA section, or nothing that has text
        }

        if (_text is not null)
        {
            if (_pieces.Length == 0)
            {
                _pieces.Append(_text);
            }

            _pieces.Append(piece);
        }

        _text ??= piece;
        if (Math.Max(piece.Length, _pieces.Length) > options.MaxTextLength)
        {
            _text = null;
            throw Error(XmlLimits.TextTooLong(options));
        }
    }

    private Exception Explained(Exception error) =>
        error is not XmlException || !isOurs ? error
        : IsAboutDoctype(error) ? Error(options.Doctype == XmlDoctype.Skip ? XmlLimits.DoctypeBehindRoot : XmlLimits.HasDoctype)
        : error is XmlException { LineNumber: 0 } ? new XmlException(error.Message, error, 1, 1) // nothing was read
        : error;

    /// <summary>One behind the root element; one before has not come to the reader. The second is its text where messages were trimmed.</summary>
    private static bool IsAboutDoctype(Exception error) =>
        error.Message.Contains(nameof(XmlReaderSettings.DtdProcessing), StringComparison.Ordinal) || error.Message.Contains("Xml_DtdIsProhibited", StringComparison.Ordinal);

    /// <summary>A reader that has failed does not know any more where it was: then it is near where it last was.</summary>
    private XmlException Error(string message) =>
        _lines is { LineNumber: > 0 } ? new XmlException(message, null, _lines.LineNumber, _lines.LinePosition) : new XmlException(message, null, _lastLine, _lastPosition);
}
