using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>A document type that is well-formed, from chance. Its declarations are those that a parser that processes them accepts too, and
/// none of them changes the events of <see cref="FuzzedXml"/>.</summary>
internal static class RandomDoctype
{
    private static readonly string[] s_spaces = [" ", "\n", "\r\n", "\t", "\r", "  "];
    private static readonly string[] s_damage = ["<", ">", "[", "]", "'", "\"", "%", ";", "-", "--", "!", "?", "?>", "&", " ", "a", "1", "é", "\u0001", "\uFFFE", "<!--", "-->", "<?", "<![INCLUDE[", "]]>", "SYSTEM", "<!ENTITY "];

    internal static string Text(Random random)
    {
        var xml = new StringBuilder("<!DOCTYPE").Append(Any(random, s_spaces)).Append(Any(random, "a", "p:root", "größe", "SYSTEM", "PUBLIC.x"));
        xml.Append(Any(random, "", "", " SYSTEM 'not-there.dtd'", "\nSYSTEM\t\"it's [not] > there\"", " PUBLIC '-//X//DTD 1.0 (x)//EN' \"]>\"", " PUBLIC \"it's\"\r\n''").Replace("''", "'x'", StringComparison.Ordinal));
        if (random.Next(4) > 0)
        {
            xml.Append(Any(random, "[", " [", "\n["));
            for (var number = random.Next(8); number > 0; number--)
            {
                xml.Append(Part(random, number));
            }

            xml.Append(Any(random, "]", "]\r\n"));
        }

        return xml.Append('>').ToString();
    }

    /// <summary>The same with something that may be wrong.</summary>
    internal static string Damaged(Random random)
    {
        var text = Text(random);
        var at = random.Next("<!DOCTYPE".Length, text.Length);
        var removed = random.Next(3) == 0 ? Math.Min(random.Next(1, 4), text.Length - at) : 0;
        var damaged = text.Remove(at, removed).Insert(at, removed > 0 && random.Next(2) == 0 ? "" : Any(random, s_damage));
        return new string([.. damaged.Where((c, i) => !char.IsSurrogate(c) || (char.IsHighSurrogate(c) ? i + 1 < damaged.Length && char.IsLowSurrogate(damaged[i + 1]) : i > 0 && char.IsHighSurrogate(damaged[i - 1])))]);
    }

    private static string Part(Random random, int number) => random.Next(10) switch
    {
        0 => $"<!ELEMENT z{number} (#PCDATA)>",
        1 => $"<!ELEMENT z{number} (y|x-1)*\r\n>",
        2 => $"<!ATTLIST z{number} k CDATA ']]>\"' l (o|p) \"o\">",
        3 => $"<!ENTITY e{number} \"]> '<x/>' 日🚌\">",
        4 => $"<!ENTITY f{number} PUBLIC '-//X' \"nowhere'>\">",
        5 => $"<!ENTITY % g{number} '<!--x-->'>%g{number};",
        6 => $"<!NOTATION n{number} SYSTEM 'x>[y'>",
        7 => Any(random, "<!-- ] > ' \" % & <!ENTITY - é🚌 -->", "<!---->", "<!-- - -->"),
        8 => Any(random, "<?pi ]> ' \" ??>", "<?pi?>", "<?xml-x <!-- ?>"),
        _ => Any(random, s_spaces),
    };

    private static string Any(Random random, params string[] values) => values[random.Next(values.Length)];
}
