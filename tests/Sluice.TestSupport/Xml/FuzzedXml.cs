using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>A document, from a number: the same number is the same document. Short, and with as much in it as fits.</summary>
internal sealed class FuzzedXml
{
    private static readonly string[] s_names = ["a", "b", "route", "p:a", "p:direction", "a-name-of-sixteen", "fifteen-letters", "sixteen-letters.", "x.1", "straße", "日本"];
    private static readonly string[] s_prefixes = ["p", "q"];
    private static readonly string[] s_texts = ["x", "North Bound", "two\nlines", "\r\n", "\r", "\t", " ", "\n    ", "                                        ", "é", "日本語", "🚌", "]", "]]", ">", "\"", "'", "\u00A0", "\uFFFD", "\u007F", "a text that is longer than one vector, and even than two of them; so it takes another way", "&lt;", "&amp;", "&#65;", "&#x1F68C;", "&#32;", "&#9;", "&#13;", "&#xA;"];
    private static readonly string[] s_inComments = ["c", " - ", "<a>", "&x;", "é", "\r\n", "?>", "]]>", "\""];
    private static readonly string[] s_inInstructions = ["i", " ", "?", ">", "<a>", "é", "--", "'"];
    private static readonly string[] s_inData = ["<a>", "&amp;", "]", "]]", ">", "é", "🚌", "\r", "\r\n", " ", "d"];

    private static readonly string[] s_damage =
    [
        "<", ">", "&", "'", "\"", "/", "=", "!", "?", "-", "]", "[", ":", ";", "#", " ", "\n", "\r", "\0", "\u0001", "\u000B", "\uFFFE", "\uFFFF", "a", "1", ".", "é", "🚌",
        "<a>", "</a>", "<a/>", "<a", "</", "<!--", "-->", "--", "<![CDATA[", "]]>", "<?", "?>", "<?xml version='1.0'?>", "<?XML ?>", "<!DOCTYPE a>", "<!", "&#0;", "&#xD800;", "&#xFFFE;", "&#;", "&#x;", "&x;", "&#1114112;", "&#99999999999;",
        " x='1'", " x='1' x='2'", " p:x='1'", " xmlns:p=''", " xmlns:q='urn:1'", " xmlns:p='urn:1' xmlns:q='urn:1' p:x='1' q:x='1'", " xmlns='u'", " xmlns:xml='u'", " xml:space='preserve'", " xml:space='other'", " xml:lang='en'",
    ];

    private readonly Random _random;
    private readonly StringBuilder _xml = new();
    private readonly int _seed;

    private FuzzedXml(int seed)
    {
        _seed = seed;
        _random = Seed.Drawn(seed);
    }

    internal static FuzzedXml FromSeed(int seed)
    {
        var xml = new FuzzedXml(seed);
        xml.Document();
        return xml;
    }

    internal byte[] Bytes => Encoding.UTF8.GetBytes(_xml.ToString());

    /// <summary>The document with something in it that may be wrong.</summary>
    internal byte[] Damaged()
    {
        var bytes = Bytes.ToList();
        for (var times = _random.Next(1, 4); times > 0; times--)
        {
            var at = _random.Next(bytes.Count);
            var length = Math.Min(_random.Next(1, 8), bytes.Count - at);
            switch (_random.Next(6))
            {
                case 0:
                    bytes.RemoveRange(at, length);
                    break;
                case 1:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.InsertRange(_random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Any(s_damage)));
                    break;
            }

            if (bytes.Count == 0)
            {
                break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Cuts bytes into chunks.</summary>
    internal IEnumerable<byte[]> Cut(byte[] bytes)
    {
        var longest = _random.Next(1, 20);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(_random.Next(0, longest + 1), bytes.Length - at);
            yield return bytes.AsSpan(at, length).ToArray();
            at += length;
        }
    }

    public override string ToString() => $"seed {_seed}: {_xml}";

    private void Document()
    {
        _xml.Append(Any("", "", "\uFEFF")).Append(Any("", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding='utf-8' standalone=\"yes\" ?>\r\n"));
        Outside();
        Element(0);
        Outside();
    }

    private void Outside()
    {
        for (var times = _random.Next(3); times > 0; times--)
        {
            Any<Action>(() => _xml.Append(Any(" ", "\n", "\r\n\t")), Comment, Instruction)();
        }
    }

    private void Element(int depth)
    {
        var name = Any(s_names);
        _xml.Append('<').Append(name);
        if (depth == 0)
        {
            _xml.Append(" xmlns:p='urn:p' xmlns:q=\"urn:q\"");
        }

        Attributes(depth);
        if (_random.Next(5) == 0)
        {
            _xml.Append(Any("/>", " />"));
            return;
        }

        _xml.Append(Any(">", ">", " >", "\n>"));
        for (var times = depth > 4 ? 1 : _random.Next(5); times > 0; times--)
        {
            Any<Action>(Text, Text, Comment, Instruction, Data, () => Element(depth + 1), () => Element(depth + 1))();
        }

        _xml.Append("</").Append(name).Append(Any(">", ">", " >", "\r\n>"));
    }

    private void Attributes(int depth)
    {
        var names = _random.Next(3) == 0 ? _random.GetItems(s_names, _random.Next(1, 4)).Distinct() : [];
        foreach (var name in names)
        {
            var quote = Any("'", "\"");
            var value = string.Concat(_random.GetItems(s_texts, _random.Next(3)));
            _xml.Append(Any(" ", "\n", "\r\n  ")).Append(name).Append(Any("=", " = ")).Append(quote).Append(value.Replace(quote, "", StringComparison.Ordinal)).Append(quote);
        }

        if (depth > 0 && _random.Next(10) == 0)
        {
            _xml.Append(Any(" xml:space='preserve'", " xml:space=' default '", $" xmlns:{Any(s_prefixes)}='urn:other'", " xmlns='urn:d'", " xmlns=''"));
        }
    }

    private void Text()
    {
        var text = string.Concat(_random.GetItems(s_texts, _random.Next(1, 4)));
        _xml.Append(_xml[^1] == ']' || text.Contains("]]>", StringComparison.Ordinal) ? "x" : text);
    }

    private void Comment() => Between("<!--", s_inComments, "-->", _ => false);

    private void Instruction() => Between("<?target ", s_inInstructions, "?>", inside => inside.Contains("?>", StringComparison.Ordinal));

    private void Data() => Between("<![CDATA[", s_inData, "]]>", inside => inside.Contains("]]>", StringComparison.Ordinal));

    private void Between(string begin, string[] parts, string end, Func<string, bool> isWrong)
    {
        var inside = string.Concat(_random.GetItems(parts, _random.Next(4)));
        _xml.Append(begin).Append(isWrong(inside) ? "" : inside).Append(end);
    }

    private T Any<T>(params T[] values) => values[_random.Next(values.Length)];
}
