using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Comments and docs are plain English, as far as a count can show it.</summary>
public sealed class PlainEnglishTests
{
    private const double MarkersAllowed = 5; // in 10,000 words
    private const double WhSummariesAllowed = 3; // in 100

    [Fact]
    public async Task Comments_and_docs_have_few_words_that_plain_English_does_without_and_few_summaries_that_begin_with_a_wh_word()
    {
        var run = await FileBasedProgram.Start("python3", [Repository.PathOf("tests", "plain-english.py"), "--list"]);

        Assert.Equal(0, run.ExitCode);
        var counts = Regex.Matches(run.Output, @"^(?:marker words|wh-summaries): \d+ in \d+ \((\d+\.\d)", RegexOptions.Multiline);
        Assert.Equal(2, counts.Count);
        Assert.True(NumberIn(counts[0]) < MarkersAllowed && NumberIn(counts[1]) < WhSummariesAllowed, run.Output);
    }

    private static double NumberIn(Match count) => double.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture);
}
