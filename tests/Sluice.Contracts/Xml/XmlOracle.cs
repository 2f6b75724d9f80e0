using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Sluice.Contracts;

/// <summary>The events of a document in another way: from its tree.</summary>
internal static class XmlOracle
{
    internal static List<XmlEvent> Events(Stream document)
    {
        using var reader = XmlReader.Create(document, new() { DtdProcessing = DtdProcessing.Prohibit });
        var events = new List<XmlEvent>();
        Add(XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!, events, keepsSpace: false);
        return events;
    }

    private static void Add(XElement element, List<XmlEvent> events, bool keepsSpace)
    {
        keepsSpace = (string?)element.Attribute(XNamespace.Xml + "space") is { } space ? space == "preserve" : keepsSpace;
        var name = NameOf(element.Name, element.GetPrefixOfNamespace(element.Name.Namespace));
        events.Add(XmlEvent.ForStart(name, [.. element.Attributes().Select(attribute => KeyValuePair.Create(NameOf(attribute), attribute.Value))]));
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            if (node is XText piece)
            {
                text.Append(piece is XCData || keepsSpace || piece.Value.Any(character => character > ' ') ? piece.Value : "");
            }
            else if (node is XElement child)
            {
                TakeText();
                Add(child, events, keepsSpace);
            }
        }

        TakeText();
        events.Add(XmlEvent.ForEnd(name));

        void TakeText()
        {
            if (text.Length > 0)
            {
                events.Add(XmlEvent.ForText(text.ToString()));
                text.Clear();
            }
        }
    }

    private static string NameOf(XAttribute attribute) =>
        attribute.IsNamespaceDeclaration && attribute.Name.Namespace == XNamespace.None ? "xmlns"
        : attribute.IsNamespaceDeclaration ? "xmlns:" + attribute.Name.LocalName
        : NameOf(attribute.Name, attribute.Parent!.GetPrefixOfNamespace(attribute.Name.Namespace));

    private static string NameOf(XName name, string? prefix) => string.IsNullOrEmpty(prefix) ? name.LocalName : $"{prefix}:{name.LocalName}";
}
