namespace Sluice.Tests.Xml;

/// <summary>Documents that are not well-formed in the smallest ways.</summary>
internal static class WrongXml
{
    internal static IReadOnlyList<string> All { get; } =
    [
        "", " ", "x", "<", "<a", "<a ", "<ab>", "<a>x", "<a> ", "<a>x]]", "<a>x\r", "<a>x&", "<a>x&amp", "<a>&#", "<a x", "<a x=", "<a x='", "<a x='1'", "<a x='1'/", "<a></", "<a></a", "<a></a ",
        "<!", "<!-", "<!--", "<!-- -", "<!-- --", "<a><![CDATA[x", "<a>x<![CDATA[y]]", "<?", "<?p", "<?p ?", "<?xml", "<?xml version='1.0'", "<?xml version='1.0'?>",
        "<a>\n<b>x</c></a>", "<a></b>", "</a>", "<a/></a>", "<a/><b/>", "<a/>x", "<a/>&#32;", "<a/><![CDATA[]]>", "<![CDATA[]]><a/>", "&#32;<a/>",
        "<a>x<b x='1' x='2'/></a>", "<a>x<b x='<'/></a>", "<a><b x=1/></a>", "<a><b x/></a>", "<a><b x='1'y='2'/></a>", "<a><b/ ></a>", "<a><b x='1'/ ></a>", "<a / ></a>", "< a/>", "<a>< b/></a>", "<a><></></a>", "<a></ a>", "<a></a b>", "<a>x</a/>",
        "<1/>", "<-a/>", "<a.b><.a/></a.b>", "<a\u00D7/>", "<a\"/>", "<a 1='x'/>", "<a b'='x'/>", "<:a/>", "<a:/>", "<a xmlns:b='u'><b:c:d/></a>", "<a xmlns:b='u'><b:1/></a>", "<a 🚌='x'/>", "<a=''/>", "<a?/>",
        "<a>one &unknown; two</a>", "<a>one<!-- -->two & three</a>", "<a>&;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#X41;</a>", "<a>&#0;</a>", "<a>&#8;</a>", "<a>&#xD800;</a>", "<a>&#xFFFE;</a>", "<a>&#x110000;</a>", "<a>&#99999999999;</a>", "<a>&#-1;</a>", "<a>&amp ;</a>", "<a x='&'/>", "<a x='&y;'/>", "<a x='&#x1F;'/>",
        "<a>one]]>two</a>", "<a>]]]></a>", "<a>one\u0001</a>", "<a>\0</a>", "<a>one\uFFFE</a>", "<a>\uFFFF</a>", "<a x='\u0001'/>", "<a x='\uFFFE'/>", "<a><![CDATA[\u0001]]></a>", "<a><!--\u0001--></a>", "<a><?p \u0001?></a>", "<a><!--\uFFFF--></a>", "<a\0/>", "<a \u0001/>", "\u0001<a/>", "<a></a\u0001>",
        "<a>x<!-- -- --></a>", "<a>x<!-- --->y</a>", "<a>x<!- y --></a>", "<a>x<!x></a>", "<a><![CDATA [x]]></a>", "<a><![cdata[x]]></a>", "<a>x<![CDATA[y]]>z]]></a>",
        "<a><?xml version='1.0'?></a>", " <?xml version='1.0'?><a/>", "<!-- --><?xml version='1.0'?><a/>", "<a><?XML x?></a>", "<a><?p:q?></a>", "<a><?p'?></a>", "<a><??></a>", "<a><? p?></a>", "<?p?q?><a/>",
        "<?xml?><a/>", "<?xml ?><a/>", "<?xml encoding='utf-8'?><a/>", "<?xml version='1.1'?><a/>", "<?xml version='1.0\"?><a/>", "<?xml version='1.0' standalone='maybe'?><a/>", "<?xml version='1.0' standalone='yes' encoding='utf-8'?><a/>", "<?xml version='1.0'encoding='utf-8'?><a/>", "<?xml version='1.0' encoding='utf-8'><a/>", "<?xml version='1.0' encoding=''?><a/>",
        "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'xx'>]><a>&x;</a>", "<a><!DOCTYPE a></a>",
        "<p:a/>", "<a><p:b/></a>", "<a p:k='v'/>", "<a><b xmlns:p='u'/><p:c/></a>", "<a xmlns:p=''/>", "<a xmlns:p='u' xmlns:q='u' p:k='1' q:k='2'/>", "<a xmlns:xml='u'/>", "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "<a xmlns='http://www.w3.org/2000/xmlns/'/>", "<a xmlns:xmlns='u'/>", "<a>x<b xml:space='other'/></a>",
    ];
}
