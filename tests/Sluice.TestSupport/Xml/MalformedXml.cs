using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>A document that no source accepts, and the events that come before it is refused. A text comes with the tag that
/// ends it, or not at all.</summary>
internal sealed record MalformedXml(string Name, byte[] Document, string Events)
{
    internal static IReadOnlyList<MalformedXml> All { get; } =
    [
        // tags
        new("tag that ends with the document", "<a><b", "<a>"),
        new("tag in a tag", "<a><b<c></b></a>", "<a>"),
        new("space before a name", "<a>< b></b></a>", "<a>"),
        new("name that begins with a digit", "<a><1b/></a>", "<a>"),
        new("name that begins with a dash", "<a><-b/></a>", "<a>"),
        new("name with a forbidden character", "<a><b!/></a>", "<a>"),
        new("tag without a name", "<a><></></a>", "<a>"),
        new("end tag without a name", "<a></></a>", "<a>"),
        new("end tag with an attribute", "<a></a x='1'>", "<a>"),
        new("end tag with a slash behind it", "<a></a/>", "<a>"),
        new("slash in a tag", "<a><b / ></b></a>", "<a>"),
        new("space before the name of an end tag", "<a></ a>", "<a>"),
        new("left angle bracket alone in a text", "<a>x < y</a>", "<a>"),

        // attributes
        new("attribute twice", "<a><b x='1' x='2'/></a>", "<a>"),
        new("attribute twice among others", "<a><b x='1' y='2' x='3'/></a>", "<a>"),
        new("attribute without a value", "<a><b x/></a>", "<a>"),
        new("attribute with nothing behind the sign", "<a><b x=/></a>", "<a>"),
        new("attribute without quotes", "<a><b x=1/></a>", "<a>"),
        new("attribute whose quotes differ", "<a><b x='1\"/></a>", "<a>"),
        new("attribute without a name", "<a><b ='1'/></a>", "<a>"),
        new("attributes without a space between them", "<a><b x='1'y='2'/></a>", "<a>"),
        new("left angle bracket in a value", "<a><b x='<'/></a>", "<a>"),
        new("ampersand in a value", "<a><b x='a & b'/></a>", "<a>"),
        new("attribute whose name begins with a digit", "<a><b 1x='1'/></a>", "<a>"),

        // references
        new("unknown entity", "<a><b/>&unknown;</a>", "<a>|<b>|</b>"),
        new("unknown entity behind a text", "<a><b/>x&unknown;</a>", "<a>|<b>|</b>"),
        new("entity of HTML", "<a><b/>&nbsp;</a>", "<a>|<b>|</b>"),
        new("unknown entity in a value", "<a><b x='&unknown;'/></a>", "<a>"),
        new("reference without an end", "<a><b/>&amp</a>", "<a>|<b>|</b>"),
        new("reference without a name", "<a><b/>&;</a>", "<a>|<b>|</b>"),
        new("ampersand alone", "<a><b/>x & y</a>", "<a>|<b>|</b>"),
        new("number that is not one", "<a><b/>&#12x;</a>", "<a>|<b>|</b>"),
        new("hexadecimal number that is not one", "<a><b/>&#x1G;</a>", "<a>|<b>|</b>"),
        new("number without digits", "<a><b/>&#;</a>", "<a>|<b>|</b>"),
        new("reference to no character", "<a><b/>&#0;</a>", "<a>|<b>|</b>"),
        new("reference to a control character", "<a><b/>&#8;</a>", "<a>|<b>|</b>"),
        new("reference to half a character", "<a><b/>&#xD800;</a>", "<a>|<b>|</b>"),
        new("reference to U+FFFE", "<a><b/>&#xFFFE;</a>", "<a>|<b>|</b>"),
        new("reference past the last character", "<a><b/>&#x110000;</a>", "<a>|<b>|</b>"),
        new("reference far past the last character", "<a><b/>&#99999999999999;</a>", "<a>|<b>|</b>"),
        new("capital X of a hexadecimal number", "<a><b/>&#X41;</a>", "<a>|<b>|</b>"),

        // CDATA, comments, processing instructions
        new("CDATA section without an end", "<a><b/><![CDATA[x</a>", "<a>|<b>|</b>"),
        new("CDATA section in small letters", "<a><b/><![cdata[x]]></a>", "<a>|<b>|</b>"),
        new("CDATA section before the root", "<![CDATA[x]]><a/>", ""),
        new("end of a CDATA section in a text", "<a><b/>x]]>y</a>", "<a>|<b>|</b>"),
        new("comment without an end", "<a><b/><!-- x</a>", "<a>|<b>|</b>"),
        new("two dashes in a comment", "<a><b/><!-- x -- y --></a>", "<a>|<b>|</b>"),
        new("three dashes at the end of a comment", "<a><b/><!-- x ---></a>", "<a>|<b>|</b>"),
        new("comment with one dash", "<a><b/><!- x --></a>", "<a>|<b>|</b>"),
        new("instruction without an end", "<a><b/><?x y</a>", "<a>|<b>|</b>"),
        new("instruction without a target", "<a><b/><? x?></a>", "<a>|<b>|</b>"),
        new("instruction called xml", "<a><b/><?xml version='1.0'?></a>", "<a>|<b>|</b>"),
        new("instruction called XML", "<a><b/><?XML y?></a>", "<a>|<b>|</b>"),
        new("declaration of a list", "<a><b/><!ATTLIST b c CDATA #IMPLIED></a>", "<a>|<b>|</b>"),

        // the XML declaration and the encoding
        new("declaration behind a space", " <?xml version='1.0'?><a/>", ""),
        new("declaration behind a comment", "<!-- x --><?xml version='1.0'?><a/>", ""),
        new("declaration without a version", "<?xml encoding='utf-8'?><a/>", ""),
        new("declaration of an unknown version", "<?xml version='2.0'?><a/>", ""),
        new("declaration of version 1.1", "<?xml version='1.1'?><a/>", ""),
        new("declaration in the wrong order", "<?xml encoding='utf-8' version='1.0'?><a/>", ""),
        new("declaration with something unknown", "<?xml version='1.0' colour='red'?><a/>", ""),
        new("standalone that is neither yes nor no", "<?xml version='1.0' standalone='maybe'?><a/>", ""),
        new("declaration without an end", "<?xml version='1.0'", ""),
        new("unknown encoding", "<?xml version='1.0' encoding='klingon'?><a/>", ""),
        new("UTF-16 that is not", "<?xml version='1.0' encoding='utf-16'?><a/>", ""),

        // characters and bytes
        new("control character in a text", "<a><b/>x\u0001y</a>", "<a>|<b>|</b>"),
        new("control character in a value", "<a><b x='\u0001'/></a>", "<a>"),
        new("control character in a comment", "<a><b/><!--\u0001--></a>", "<a>|<b>|</b>"),
        new("NUL in a text", "<a><b/>x\0y</a>", "<a>|<b>|</b>"),
        new("U+FFFE in a text", "<a><b/>x\uFFFEy</a>", "<a>|<b>|</b>"),
        new("U+FFFF in a text", "<a><b/>x\uFFFFy</a>", "<a>|<b>|</b>"),
        Bytes("byte that is not UTF-8", "<a><b/>x\xFFy</a>", "<a>|<b>|</b>"),
        Bytes("following byte alone", "<a><b/>x\x80y</a>", "<a>|<b>|</b>"),
        Bytes("character that is cut off", "<a><b/>x\xE2\x82</a>", "<a>|<b>|</b>"),
        Bytes("character that is too long", "<a><b/>x\xC0\xAFy</a>", "<a>|<b>|</b>"),
        Bytes("half a character in UTF-8", "<a><b/>x\xED\xA0\x80y</a>", "<a>|<b>|</b>"),
        Bytes("character past the last one", "<a><b/>x\xF4\x90\x80\x80y</a>", "<a>|<b>|</b>"),
        Bytes("byte of Latin-1 in UTF-8", "<a><b/>gr\xFCn</a>", "<a>|<b>|</b>"),
        Bytes("Latin-1 in a value", "<a><b x='gr\xFCn'/></a>", "<a>"),

        // balance and truncation
        new("end of another element", "<a>\n<b>x</c></a>", "<a>|<b>"),
        new("ends in the wrong order", "<a><b></a></b>", "<a>|<b>"),
        new("end that differs in case", "<a></A>", "<a>"),
        new("end that was not begun", "</a>", ""),
        new("no end", "<a>", "<a>"),
        new("no end behind a text", "<a>x", "<a>"),
        new("no end behind an element", "<a><b/>", "<a>|<b>|</b>"),
        new("end that ends with the document", "<a>x</a", "<a>"),
        new("nothing", "", ""),
        new("only space", "  \n", ""),
        new("only a comment", "<!-- x -->", ""),
        new("only a declaration", "<?xml version='1.0'?>", ""),

        // around the root
        new("text before the root", "x<a/>", ""),
        new("no element", "no element", ""),
        new("text behind the root", "<a/>x", "<a>|</a>"),
        new("second root", "<a/>\n<b/>", "<a>|</a>"),
        new("CDATA section behind the root", "<a/><![CDATA[x]]>", "<a>|</a>"),
        new("reference behind the root", "<a/>&amp;", "<a>|</a>"),
        new("end tag behind the root", "<a></a></a>", "<a>|</a>"),

        // document type definitions
        new("document type", "<!DOCTYPE a><a/>", ""),
        new("document type in small letters", "<!doctype a><a/>", ""),
        new("external entity", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>", ""),
        new("entity made of entities", "<!DOCTYPE a [<!ENTITY x 'xx'><!ENTITY y '&x;&x;'>]><a>&y;</a>", ""),
        new("document type behind the root", "<a/><!DOCTYPE a>", "<a>|</a>"),

        // namespaces
        new("prefix of an element that is not declared", "<a><p:b/></a>", "<a>"),
        new("prefix of an attribute that is not declared", "<a><b p:x='1'/></a>", "<a>"),
        new("prefix that was declared elsewhere", "<a><b xmlns:p='u'/><p:c/></a>", "<a>|<b xmlns:p=\"u\">|</b>"),
        new("prefix declared for nothing", "<a><b xmlns:p=''/></a>", "<a>"),
        new("attribute twice by two prefixes", "<a xmlns:p='u' xmlns:q='u'><b p:x='1' q:x='2'/></a>", "<a xmlns:p=\"u\" xmlns:q=\"u\">"),
        new("two colons in a name", "<a xmlns:p='u'><p:b:c/></a>", "<a xmlns:p=\"u\">"),
        new("colon at the end of a name", "<a xmlns:p='u'><p:/></a>", "<a xmlns:p=\"u\">"),
        new("colon at the beginning of a name", "<a><:b/></a>", "<a>"),
        new("digit behind a colon", "<a xmlns:p='u'><p:1/></a>", "<a xmlns:p=\"u\">"),
        new("xmlns declared", "<a><b xmlns:xmlns='u'/></a>", "<a>"),
        new("xml declared as something else", "<a><b xmlns:xml='u'/></a>", "<a>"),
        new("the namespace of xml for another prefix", "<a><b xmlns:p='http://www.w3.org/XML/1998/namespace'/></a>", "<a>"),
        new("the namespace of declarations for a prefix", "<a><b xmlns:p='http://www.w3.org/2000/xmlns/'/></a>", "<a>"),
        new("the namespace of xml as default", "<a><b xmlns='http://www.w3.org/XML/1998/namespace'/></a>", "<a>"),
        new("xml:space that is nothing", "<a><b xml:space='maybe'/></a>", "<a>"),
    ];

    private MalformedXml(string name, string document, string events)
        : this(name, Encoding.UTF8.GetBytes(document), events)
    {
    }

    /// <summary>Each character is a byte.</summary>
    private static MalformedXml Bytes(string name, string document, string events) => new(name, Encoding.Latin1.GetBytes(document), events);
}
