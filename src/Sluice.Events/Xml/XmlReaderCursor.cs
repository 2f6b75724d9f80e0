using System.Runtime.ExceptionServices;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>Goes through a document and makes events of it.</summary>
internal sealed class XmlReaderCursor(XmlReader reader, TokenLimitStream stream, XmlEventsOptions options)
{
    /// <summary>One node of the reader makes at most a text, a start and an end.</summary>
    internal const int EventsOfNode = 3;

    private readonly IXmlLineInfo _lines = (IXmlLineInfo)reader;
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
        Begin();
        try
        {
            while (Fits(events, count) && reader.Read())
            {
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
        Begin();
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

    private bool HasText =>
        _depth > 0 && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace;

    private void Begin() => (_lastLine, _lastPosition) = (_lines.LineNumber, _lines.LinePosition);

    private bool Fits(XmlEvent[] events, int count)
    {
        stream.BeginToken();
        return count <= events.Length - EventsOfNode && _failure is null;
    }

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
                break;
            default:
                AddText(text);
                break;
        }
    }

    /// <summary>Also an error of the stream: it is thrown when what was read before it has been given out. Not a text whose end
    /// has not come: where a parser notices what is wrong must not decide how much of it a stage sees.</summary>
    private void Fail(Exception error) => _failure = ExceptionDispatchInfo.Capture(Explained(error));

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
        }
        else
        {
            _depth++;
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
        error is TokenLimitStream.PassedException ? Error(XmlLimits.TextTooLong(options))
        : error is XmlException && error.Message.Contains(nameof(XmlReaderSettings.MaxCharactersInDocument), StringComparison.Ordinal)
            ? Error(XmlLimits.DocumentTooLong(options))
            : error is XmlException { LineNumber: 0 } ? new XmlException(error.Message, error, 1, 1) // nothing was read
            : error;

    /// <summary>A reader that has failed does not know any more where it was: then it is near where it last was.</summary>
    private XmlException Error(string message) =>
        _lines.LineNumber > 0 ? new XmlException(message, null, _lines.LineNumber, _lines.LinePosition) : new XmlException(message, null, _lastLine, _lastPosition);
}
