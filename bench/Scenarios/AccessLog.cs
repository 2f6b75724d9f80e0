using System.Globalization;

namespace Sluice.Bench;

/// <summary>Lines as a web server logs them, the same ones in each run.</summary>
public sealed class AccessLog
{
    /// <summary>In about one line of twenty.</summary>
    public const string Pattern = "/checkout";

    private const int Seed = 20;

    private static readonly string[] s_pages = ["/", "/index.html", "/products", "/products/42", "/cart", "/about", "/login", "/search?q=lamp", "/img/logo.png", "/css/site.css"];
    private static readonly string[] s_agents = ["Mozilla/5.0 (X11)", "curl/8.5.0", "Mozilla/5.0 (Mac)", "Googlebot/2.1"];

    private readonly Dictionary<int, (string[] Lines, long Matches)> _beginnings = [];

    /// <summary>Makes the lines.</summary>
    public AccessLog(int lines)
    {
        var random = new Random(Seed);
        var time = new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        var all = new string[lines];
        for (var i = 0; i < lines; i++)
        {
            time = time.AddMilliseconds(random.Next(500));
            var page = random.Next(20) == 0 ? Pattern : s_pages[random.Next(s_pages.Length)];
            all[i] = string.Create(
                CultureInfo.InvariantCulture,
                $"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(256)} - - [{time:dd/MMM/yyyy:HH:mm:ss} +0000] \"GET {page} HTTP/1.1\" 200 {random.Next(200, 60_000)} \"{s_agents[random.Next(s_agents.Length)]}\"");
        }

        _beginnings[lines] = (all, Matching(all));
    }

    /// <summary>The first lines; made once for each number of them.</summary>
    public string[] First(int count) => Beginning(count).Lines;

    /// <summary>The number of the first lines that contain <see cref="Pattern"/>.</summary>
    public long MatchesInFirst(int count) => Beginning(count).Matches;

    private static long Matching(string[] lines) => lines.LongCount(static line => line.Contains(Pattern, StringComparison.Ordinal));

    private (string[] Lines, long Matches) Beginning(int count)
    {
        if (!_beginnings.TryGetValue(count, out var beginning))
        {
            var lines = _beginnings.Values.First(longer => longer.Lines.Length >= count).Lines[..count];
            _beginnings[count] = beginning = (lines, Matching(lines));
        }

        return beginning;
    }
}
