using System.Globalization;

namespace Sluice;

/// <summary>A time as a message says it: in seconds, and no finer than anyone can tell.</summary>
internal static class Duration
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(10);

    internal static string Text(TimeSpan time)
    {
        var seconds = time.TotalSeconds.ToString(time.Duration() < s_long ? "0.###" : "0.#", CultureInfo.InvariantCulture);
        return seconds == "1" ? "1 second" : $"{seconds} seconds";
    }
}
