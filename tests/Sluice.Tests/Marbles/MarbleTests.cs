using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The diagrams in <c>docs/operators.md</c> show what happens: each is run.</summary>
public sealed partial class MarbleTests
{
    private static readonly IReadOnlyList<(string[] Above, string Code, string[] Below)> s_diagrams = [.. Block()
        .Matches(File.ReadAllText(Repository.PathOf("docs", "operators.md")))
        .SelectMany(block => block.Groups[1].Value.TrimEnd('\n').Split("\n\n"))
        .Select(Parse)];

    public static TheoryData<string> Codes => [.. s_diagrams.Select(diagram => diagram.Code)];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task A_diagram_shows_what_happens(string code)
    {
        var (above, _, below) = Assert.Single(s_diagrams, diagram => diagram.Code == code);
        var run = new MarbleRun(above);
        var diagram = new MarbleDiagrams(run.Clock).All.FirstOrDefault(diagram => diagram.Text == code);
        Assert.True(diagram is not null, $"{nameof(MarbleDiagrams)} has no such operator: {code}");

        Assert.Equal(below, await diagram.Run(run));
    }

    [Fact]
    public void Every_operator_has_a_diagram_and_no_diagram_is_left_out()
    {
        string[] codes = [.. s_diagrams.Select(diagram => diagram.Code)];
        var operators = OperatorMethods.OfSources.Select(method => method.Name).Append("OnError").Append("FanIn").Distinct();

        Assert.Empty(new MarbleDiagrams(TimeProvider.System).All.Select(diagram => diagram.Text).Except(codes));
        Assert.All(operators, name => Assert.Contains(codes, code => Regex.IsMatch(code, $@"\.{name}\b")));
    }

    [Fact]
    public void Every_operator_stands_in_a_table()
    {
        var rows = string.Concat(File.ReadLines(Repository.PathOf("docs", "operators.md")).Where(line => line.StartsWith('|')));

        Assert.All(OperatorMethods.OfSources, method => Assert.Contains($"`{method.Name}`", rows, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--a--b,c-d|")]
    [InlineData("-#")]
    [InlineData("---|")]
    public void A_line_is_written_as_it_was_read(string line)
    {
        var (read, written) = (Marbles.Parse(line), new Marbles());
        for (var second = 0; second < line.Length; second++)
        {
            var (items, end) = read.At(second);
            foreach (var item in items.Concat(end is { } last ? [$"{last}"] : Array.Empty<string>()))
            {
                written.Add(second, item);
            }
        }

        Assert.Equal(line, written.ToString());
    }

    private static (string[] Above, string Code, string[] Below) Parse(string text)
    {
        var lines = text.Split('\n');
        var above = lines.TakeWhile(Marbles.IsLine).ToArray();
        var code = lines[above.Length..].TakeWhile(line => !Marbles.IsLine(line)).ToArray();
        var below = lines[(above.Length + code.Length)..];
        Assert.All(below, line => Assert.True(Marbles.IsLine(line), line));
        return (above, string.Join(' ', code.Select(line => line.Trim())), below);
    }

    [GeneratedRegex("```marbles\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
