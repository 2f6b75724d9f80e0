using System.Runtime.ExceptionServices;
using System.Xml;

namespace Sluice;

/// <summary>Goes through a document event by event.</summary>
internal sealed class XmlReaderCursor(XmlReader reader, XmlEventsOptions options)
{
    private readonly TextBlock _text = new(options.MaxTextLength);
    private ExceptionDispatchInfo? _failure;
    private bool _hasTag; // the reader stands at a tag that comes behind a text
    private bool _endsToo; // the start before was that of an empty element

    /// <summary>Takes the next event; false at the end of the document.</summary>
    /// <exception cref="XmlException">The document is not well-formed, or past a limit.</exception>
    internal bool TryRead(out XmlEvent next)
    {
        if (_endsToo)
        {
            _endsToo = false;
            next = XmlEvent.ForEnd(reader.Name);
            return true;
        }

        if (_hasTag)
        {
            _hasTag = false;
            next = Tag();
            return true;
        }

        while (ReadNode())
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element or XmlNodeType.EndElement:
                    if (_text.TryTake(options.KeepWhitespace, out next))
                    {
                        _hasTag = true;
                        return true;
                    }

                    next = Tag();
                    return true;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace when reader.Depth > 0:
                    AddText();
                    break;
            }
        }

        if (_text.TryTake(options.KeepWhitespace, out next))
        {
            return true;
        }

        _failure?.Throw();
        return false;
    }

    /// <summary>False at the end and at an error, which is kept until the text before it was taken.</summary>
    private bool ReadNode()
    {
        try
        {
            return _failure is null && reader.Read();
        }
        catch (XmlException error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }

    private XmlEvent Tag()
    {
        if (reader.NodeType == XmlNodeType.EndElement)
        {
            return XmlEvent.ForEnd(reader.Name);
        }

        if (reader.Depth >= options.MaxDepth)
        {
            throw Error($"Elements are nested deeper than {options.MaxDepth} levels. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxDepth)} to allow more.");
        }

        _endsToo = reader.IsEmptyElement;
        return reader.HasAttributes ? XmlEvent.ForStart(reader.Name, Attributes()) : XmlEvent.ForStart(reader.Name);
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

    private void AddText()
    {
        int read;
        do
        {
            read = reader.ReadValueChunk(_text.Block, _text.End, _text.Free);
            if (!_text.TryAdd(read))
            {
                throw Error($"A text is longer than {options.MaxTextLength} characters. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxTextLength)} to allow longer ones.");
            }
        }
        while (read > 0);
    }

    private XmlException Error(string message)
    {
        var at = (IXmlLineInfo)reader;
        return new XmlException(message, null, at.LineNumber, at.LinePosition);
    }
}
