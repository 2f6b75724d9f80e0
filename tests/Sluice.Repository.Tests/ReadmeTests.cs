using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The README in both languages and the figures in it.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string s_english = File.ReadAllText(Repository.PathOf("README.md"));
    private static readonly string s_chinese = File.ReadAllText(Repository.PathOf("README.zh-CN.md"));
    private static readonly string s_benchmarks = File.ReadAllText(Repository.PathOf("docs", "benchmarks.md"));

    /// <summary>A figure of the README, and the row and column of the benchmarks that it is from.</summary>
    public static TheoryData<string, string, string, string> Figures => new()
    {
        { @"stage costs ([\d.]+) ns", "chain: for a stage", "coroutine stage | bounded Channel, same thread, TryWrite and TryRead", "ours ns" },
        { @"([\d.]+) of a hand-over through a `Channel` on the same thread", "chain: for a stage", "coroutine stage | bounded Channel, same thread, TryWrite and TryRead", "median" },
        { @"([\d.]+) of an async LINQ\s+`Select`", "chain: for a stage", "coroutine stage | async LINQ Select", "median" },
        { @"([\d.]+) times a bare virtual call", "chain: for a stage", "coroutine stage | handler object", "median" },
        { @"inbox takes ([\d.]+) bytes", "idle", "idle coroutine with its inbox: a sink", "median bytes" },
        { @"([\d.]+) times what a hand-written `XmlReader` loop", "xml", "reader level: pipeline | XmlReader loop", "median" },
        { @"([\d.]+) of it with `Utf8Xml`", "xml", "bytes level: pipeline | XmlReader loop", "median" },
        { @"step takes ([\d.]+) to [\d.]+ ns", "generators", "`Send`", "ns" },
        { @"step takes [\d.]+ to ([\d.]+) ns", "generators", "`Next`", "ns" },
        { @"iterator's ([\d.]+) ns", "generators", "compiler-made iterator, `MoveNext` and `Current`", "ns" },
        { @"another thread in ([\d.]+) of the time", "hop: to another thread", "On(Env.Thread()) | bounded Channel, TryWrite and TryRead", "median" },
    };

    [Theory]
    [MemberData(nameof(Figures))]
    public void A_figure_is_that_of_the_benchmarks(string sentence, string table, string row, string column)
    {
        var said = Assert.Single(Regex.Matches(s_english, sentence)).Groups[1].Value;

        AssertRounds(Measured(table, row, column), said);
    }

    [Fact]
    public void The_ratios_to_CPython_are_those_of_the_benchmarks()
    {
        var said = Assert.Single(CPython().Matches(s_english));

        AssertRounds(Measured("generators", "CPython `g.send(v)`", "ns") / Measured("generators", "`Send`", "ns"), said.Groups[1].Value);
        AssertRounds(Measured("generators", "CPython `next(g)`", "ns") / Measured("generators", "`Next`", "ns"), said.Groups[2].Value);
    }

    /// <summary>So many lines below the heading that a figure added there is missed would be one that no row stands behind.</summary>
    [Fact]
    public void No_figure_of_that_section_is_without_a_row()
    {
        var section = Section(s_english, "How fast");
        var compared = Figures.Select(static figure => Regex.Match(s_english, (string)figure[0]).Groups[1]).Concat(CPython().Match(s_english).Groups.Values.Skip(1)).Select(static group => group.Index).ToHashSet();

        var all = Number().Matches(section.Text).Select(match => section.Index + match.Index).ToList();
        Assert.Equal(13, all.Count);
        Assert.Empty(all.Except(compared));
    }

    /// <summary>A comment that says what something costs says it of a figure that the benchmarks have too.</summary>
    [Fact]
    public void Nanoseconds_in_the_comments_of_the_library_are_a_part_of_what_a_stage_costs()
    {
        var stage = Measured("chain: for a stage", "coroutine stage | bounded Channel, same thread, TryWrite and TryRead", "ours ns");
        var comments = Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(static path => Nanoseconds().Matches(File.ReadAllText(path))).ToList();

        Assert.NotEmpty(comments);
        Assert.All(comments, comment =>
        {
            Assert.True(comment.Groups[2].Success, $"'{comment.Value}' does not say of what it is a part, in per cent of a stage.");
            AssertRounds(100 * Parse(comment.Groups[1].Value) / stage, comment.Groups[2].Value);
        });
    }

    [Fact]
    public void A_graph_that_is_shown_as_text_is_drawn()
    {
        foreach (var page in Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Append(Repository.PathOf("README.md")).Append(Repository.PathOf("README.zh-CN.md")))
        {
            Assert.DoesNotMatch("```(?!mermaid)[a-z]*\n(flowchart|graph|sequenceDiagram|stateDiagram)", File.ReadAllText(page));
        }

        Assert.Contains("```mermaid\nflowchart", s_english, StringComparison.Ordinal);
    }

    [Fact]
    public void The_Chinese_README_has_the_same_programs_outputs_links_sections_and_tables()
    {
        Assert.Equal(Block().Matches(s_english).Select(static block => block.Value), Block().Matches(s_chinese).Select(static block => block.Value));
        Assert.Equal(Link().Matches(s_english).Select(static link => link.Value).Order().Except(["](README.zh-CN.md"]), Link().Matches(s_chinese).Select(static link => link.Value).Order().Except(["](README.md"]));
        var (english, chinese) = (Sections(s_english), Sections(s_chinese));
        Assert.Equal(english.Count, chinese.Count);
        Assert.All(english.Zip(chinese), static pair => Assert.Equal(Shape(pair.First), Shape(pair.Second)));
    }

    /// <summary>Figures, and what is code within the text, section by section.</summary>
    [Fact]
    public void The_Chinese_README_says_the_same_figures_and_names()
    {
        Assert.All(Sections(s_english).Zip(Sections(s_chinese)), static pair =>
        {
            Assert.Equal(In(Number(), pair.First), In(Number(), pair.Second));
            Assert.Equal(In(Code(), pair.First).Distinct(), In(Code(), pair.Second).Distinct());
        });

        static IEnumerable<string> In(Regex what, string section) => what.Matches(Block().Replace(section, "")).Select(static match => match.Value).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void The_Chinese_README_says_that_the_docs_are_in_English_until_they_are_not()
    {
        var translated = Directory.GetFiles(Repository.PathOf("docs"), "*.zh-CN.md", SearchOption.AllDirectories);

        Assert.Equal(translated.Length == 0, s_chinese.Contains("`docs` 里的文档目前只有英文版", StringComparison.Ordinal));
    }

    private static (int Items, int Rows, int Blocks) Shape(string section) =>
        (Regex.Count(section, "^- ", RegexOptions.Multiline), Regex.Count(Block().Replace(section, ""), "^\\|", RegexOptions.Multiline), Block().Count(section));

    /// <summary>The first is what stands before all headings but the title, without the lines that only one language has.</summary>
    private static List<string> Sections(string readme) =>
        [.. Regex.Split(Regex.Replace(readme, "^(\\[.*\\]\\(README.*\\)|本页与英文版同步.*)$", "", RegexOptions.Multiline), "^## ", RegexOptions.Multiline)];

    private static (string Text, int Index) Section(string page, string heading)
    {
        var begin = Assert.Single(Regex.Matches(page, $"^##+ {Regex.Escape(heading)}\n", RegexOptions.Multiline)).Index;
        var end = page.IndexOf("\n##", begin, StringComparison.Ordinal);
        return (page[begin..(end < 0 ? page.Length : end)], begin);
    }

    /// <summary>Of the first table below the heading that has the row.</summary>
    private static double Measured(string table, string row, string column)
    {
        string[]? columns = null;
        foreach (var line in Section(s_benchmarks, table).Text.Split('\n'))
        {
            string[] cells = [.. line.Trim('|').Split('|').Select(static cell => cell.Trim())];
            columns = line.StartsWith('|') ? columns ?? cells : null;
            if (columns is not null && line.StartsWith($"| {row} |", StringComparison.Ordinal))
            {
                return Parse(cells[Array.IndexOf(columns, column)]);
            }
        }

        throw new InvalidOperationException($"There is no row '{row}' below '{table}'.");
    }

    private static double Parse(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>To as many digits as are said.</summary>
    private static void AssertRounds(double measured, string said)
    {
        var digits = said.Contains('.', StringComparison.Ordinal) ? said.Length - said.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        Assert.Equal(said, Math.Round(measured, digits, MidpointRounding.AwayFromZero).ToString($"F{digits}", CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"CPython's takes (\d+) to (\d+) times\s+that")]
    private static partial Regex CPython();

    [GeneratedRegex(@"(?<![\w.])\d+(?:[.,]\d+)*(?![\w])")]
    private static partial Regex Number();

    [GeneratedRegex(@"(?://|\*).*?([\d.]+) ns\b(?: \((\d+)%\))?")]
    private static partial Regex Nanoseconds();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Code();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)")]
    private static partial Regex Link();
}
