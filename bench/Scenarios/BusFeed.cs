using System.Globalization;
using System.Text;

namespace Sluice.Bench;

/// <summary>A feed of bus positions as the Chicago Transit Authority published it, down to the white space; the same
/// one in each run.</summary>
internal static class BusFeed
{
    /// <summary>The length of the feed that comes with the samples, in bytes.</summary>
    internal const int SmallLength = 100_000;

    private const int Seed = 22;

    private static readonly string[] s_routes = ["1", "3", "4", "6", "8", "9", "20", "22", "29", "36", "49", "50", "62", "63", "66", "72", "77", "79", "81", "87", "147", "151", "X9", "X20", "X49"];
    private static readonly string[] s_directions = ["North Bound", "South Bound", "East Bound", "West Bound"];
    private static readonly string[] s_colors = ["#cc3300", "#9900cc", "#cc3366", "#3300ff", "#336633", "#009900"];
    private static readonly string[] s_stops = ["Paulina & Howard Terminal", "Jefferson Park Blue Line Station", "79th Street & Brandon", "Clark & Arthur Terminal", "Congress Plaza & Michigan", "Wells & Harrison"];

    /// <summary>The text before the buses.</summary>
    internal static readonly byte[] Beginning = "<?xml version=\"1.0\"?>\n\n\t\t<buses>\n"u8.ToArray();

    /// <summary>The text behind the buses.</summary>
    internal static readonly byte[] End = "\n\t\t</buses>\n"u8.ToArray();

    /// <summary>Writes a feed.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="length">How long its buses become at least, in bytes.</param>
    internal static void Write(string path, int length)
    {
        using var feed = File.Create(path);
        feed.Write(Beginning);
        feed.Write(Buses(length));
        feed.Write(End);
    }

    /// <summary>The buses alone.</summary>
    /// <param name="length">How long they become at least, in bytes.</param>
    internal static byte[] Buses(int length)
    {
        var random = new Random(Seed);
        var buses = new StringBuilder();
        while (buses.Length < length)
        {
            AppendBus(buses, random);
        }

        return Encoding.ASCII.GetBytes(buses.ToString());
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
