using System.Globalization;
using System.Text;

namespace Sluice.Bench;

/// <summary>A feed of bus positions as the Chicago Transit Authority published it, down to the white space; the same
/// one in each run.</summary>
internal static class BusFeed
{
    /// <summary>The length of the feed that comes with the samples, in bytes.</summary>
    internal const long SmallLength = 100_000;

    private const int Seed = 22;

    private static readonly string[] s_routes = ["1", "3", "4", "6", "8", "9", "20", "22", "29", "36", "49", "50", "62", "63", "66", "72", "77", "79", "81", "87", "147", "151", "X9", "X20", "X49"];
    private static readonly string[] s_directions = ["North Bound", "South Bound", "East Bound", "West Bound"];
    private static readonly string[] s_colors = ["#cc3300", "#9900cc", "#cc3366", "#3300ff", "#336633", "#009900"];
    private static readonly string[] s_stops = ["Paulina & Howard Terminal", "Jefferson Park Blue Line Station", "79th Street & Brandon", "Clark & Arthur Terminal", "Congress Plaza & Michigan", "Wells & Harrison"];

    /// <summary>Writes a feed.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="length">How long it becomes at least, in bytes.</param>
    internal static void Write(string path, long length)
    {
        var random = new Random(Seed);
        using var feed = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        feed.WriteLine($"<?xml version=\"1.0\"?>");
        feed.WriteLine();
        feed.WriteLine($"\t\t<buses>");
        var bus = new StringBuilder();
        for (var written = 0L; written < length; written += bus.Length)
        {
            bus.Clear();
            AppendBus(bus, random);
            feed.Write(bus);
        }

        feed.WriteLine();
        feed.WriteLine($"\t\t</buses>");
    }

    private static void AppendBus(StringBuilder bus, Random random)
    {
        var direction = Any(s_directions);
        bus.Append('\n');
        Line($"        \t<bus>");
        Line($"        \t\t<id>{random.Next(1000, 8000)}</id>");
        Line($"        \t\t<route>{Any(s_routes)}</route>");
        Line($"        \t\t");
        Line($"        \t\t<color>{Any(s_colors)}</color>");
        Line($"        \t\t<revenue>true</revenue>");
        Line($"        \t\t<direction>{direction}</direction>");
        Line($"        \t\t<latitude>{41.6 + (random.NextDouble() * 0.5)}</latitude>");
        Line($"            \t<longitude>{-87.9 + (random.NextDouble() * 0.4)}</longitude>");
        Line($"            \t<pattern>{random.Next(1000, 6000)}</pattern>");
        Line($"            \t<patternDirection>{direction}</patternDirection>");
        Line($"\t\t\t\t<run>P{random.Next(100, 1000)}</run>");
        Line($"\t            <finalStop><![CDATA[{Any(s_stops)}]]></finalStop>");
        Line($"\t            <operator>{random.Next(1000, 50_000)}</operator>  ");
        Line($"            </bus>");

        string Any(string[] values) => values[random.Next(values.Length)];

        void Line(FormattableString line) => bus.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
