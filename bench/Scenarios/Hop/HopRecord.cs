using System.Globalization;
using System.Text.Json.Serialization;

namespace Sluice.Bench;

/// <summary>A record that is sent to another process: about 100 bytes. <c>bench/hop.py</c> has the same.</summary>
internal sealed record HopRecord(int Id, long Time, double Latitude, double Longitude, string Route, string Direction, string Stop, string FinalStop)
{
    private const int Different = 1024;

    private static readonly string[] s_stops = ["Paulina & Howard Terminal", "Jefferson Park Blue Line Station", "79th Street & Brandon", "Congress Plaza & Michigan"];
    private static readonly string[] s_directions = ["North Bound", "South Bound", "East Bound", "West Bound"];

    private static readonly HopRecord[] s_all = [.. Enumerable.Range(0, Different).Select(static i => new HopRecord(
        i, 1_700_000_000_000 + 1000L * i, 41.6 + i / 4096.0, -87.9 + i / 4096.0,
        (i % 160).ToString(CultureInfo.InvariantCulture), s_directions[i % 4], s_stops[i % 4], s_stops[i / 4 % 4]))];

    /// <summary>The same ones again and again.</summary>
    internal static HopRecord Of(int index) => s_all[index % Different];
}

/// <summary>Made by the compiler: no reflection when a record is written or read.</summary>
[JsonSerializable(typeof(HopRecord))]
internal sealed partial class HopJson : JsonSerializerContext;
