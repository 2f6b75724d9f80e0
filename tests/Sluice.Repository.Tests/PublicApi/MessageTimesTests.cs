using System.Text.RegularExpressions;

namespace Sluice.Tests;

public sealed partial class MessageTimesTests
{
    /// <summary>Finds times in messages and lines of logs that are not written by <c>Duration</c>: "28.3712345 seconds", or "00:00:10" in one place and "10 seconds" in the
    /// other.</summary>
    [Fact]
    public void A_time_in_a_message_is_told_by_one_rule()
    {
        var found = from path in Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
                    where !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                    from Match time in Time().Matches(File.ReadAllText(path))
                    select $"{Path.GetFileName(path)}: {time.Value.Trim()}";

        Assert.Empty(found);
    }

    /// <summary>Seconds without a format, and times as they format themselves in what is thrown.</summary>
    [GeneratedRegex(@"^.*(\{[^}""]*TotalSeconds\}|Exception\(.*\{_?(timeout|window|silence|time)\}).*$", RegexOptions.Multiline)]
    private static partial Regex Time();
}
