using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests.Xml;

/// <summary>Documents that are well-formed, of all that may be in one.</summary>
internal static class RandomXml
{
    private static readonly Gen<string> s_name = Gen.Elements("a", "bus", "route", "p:b", "q:longer-name.than_16-bytes", "straße", "日本");
    private static readonly Gen<string> s_space = Gen.Elements("", "", " ", "\n", "\r\n\t");
    private static readonly Gen<string> s_text = Gen.Elements("x", "22", "North Bound", " ", "\n  ", "\r\n", "\r", "]", "]]", "ü", "🚌", "&lt;", "&amp;", "&#10;", "&#x1F68C;", "&gt;", "'", "\"", new string('y', 300));
    private static readonly Gen<string> s_value = Gen.Elements("", "1", "a b", "\t\n", "&lt;&quot;&apos;", "é", ">");

    private static readonly Gen<string> s_aside = Gen.Elements("<!-- c -->", "<!---->", "<!-- - > & < -->", "<?pi?>", "<?pi a > b ??>");
    private static readonly Gen<string> s_section = Gen.Elements("", " ", "x", "<a>&amp;", "]", "]]", "]>", "\r\n").Select(text => $"<![CDATA[{text}]]>");

    internal static Gen<string> Documents { get; } =
        from declaration in Gen.Elements("", "\uFEFF", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='no' ?>")
        from before in Around
        from content in Content(4)
        from after in Around
        select $"{declaration}{before}<root xmlns:p='urn:p' xmlns:q=\"urn:q\">{content}</root>{after}";

    private static Gen<string> Around => Gen.OneOf(s_space, s_aside).ListOf(2).Select(string.Concat);

    private static Gen<string> Content(int depth)
    {
        var nodes = new List<Gen<string>> { s_text, s_text, s_text, s_aside, s_section };
        if (depth > 0)
        {
            nodes.AddRange([Element(depth), Element(depth)]);
        }

        return Gen.Choose(0, 5).SelectMany(count => Gen.OneOf(nodes).ListOf(count)).Select(string.Concat);
    }

    private static Gen<string> Element(int depth) =>
        from name in s_name
        from attributes in Attributes
        from space in s_space
        from isEmpty in Gen.Elements(true, false)
        from content in isEmpty ? Gen.Constant("") : Content(depth - 1)
        select isEmpty ? $"<{name}{attributes}{space}/>" : $"<{name}{attributes}{space}>{content}</{name}{space}>";

    private static Gen<string> Attributes =>
        from names in Gen.SubListOf("x", "y", "p:x", "q:x", "xml:lang", "xml:space", "xmlns")
        from values in s_value.ListOf(names.Count)
        from quote in Gen.Elements('\'', '"')
        select string.Concat(names.Zip(values, (name, value) => $" {name}={quote}{(name == "xml:space" ? "preserve" : name == "xmlns" ? "urn:d" : value)}{quote}"));
}
