using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>What the README shows is compiled and run, and prints what the README says.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
public sealed partial class ReadmeTests
{
    public static TheoryData<int> SnippetNumbers => [.. Enumerable.Range(0, Snippets().Count)];

    [Theory]
    [MemberData(nameof(SnippetNumbers))]
    public async Task A_snippet_of_the_README_prints_what_stands_below_it(int number)
    {
        var (code, output) = Snippets()[number];
        var folder = Directory.CreateTempSubdirectory("readme");
        var file = Path.Combine(folder.FullName, "snippet.cs");
        await File.WriteAllTextAsync(file, $"""
            #:project {Repository.PathOf("src", "Sluice", "Sluice.csproj")}
            #:property PublishAot=false
            #:property InvariantGlobalization=true
            using Sluice;
            {code}
            """);
        try
        {
            var run = await FileBasedProgram.Run(file);

            Assert.Equal("", run.Error);
            Assert.Equal(output, run.Output);
            Assert.Equal(0, run.ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Every_sample_stands_in_the_README_and_every_link_leads_somewhere()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));

        Assert.All(Directory.GetFiles(Repository.PathOf("samples"), "*.cs"), sample => Assert.Contains($"(samples/{Path.GetFileName(sample)})", readme, StringComparison.Ordinal));
        Assert.All(Link().Matches(readme), link => Assert.True(Path.Exists(Repository.PathOf(link.Groups[1].Value)), link.Value));
        Assert.InRange(readme.Split('\n').Length, 1, 200);
    }

    [Fact]
    public async Task The_Chinese_README_shows_the_same_programs_and_outputs()
    {
        var english = await File.ReadAllTextAsync(Repository.PathOf("README.md"));
        var chinese = await File.ReadAllTextAsync(Repository.PathOf("README.zh-CN.md"));

        Assert.Equal(Block().Matches(english).Select(block => block.Value), Block().Matches(chinese).Select(block => block.Value));
        Assert.Equal(Link().Matches(english).Select(link => link.Value).Order().Except(["](README.zh-CN.md"]), Link().Matches(chinese).Select(link => link.Value).Order().Except(["](README.md"]));
    }

    private static List<(string Code, string Output)> Snippets()
    {
        var snippets = Snippet().Matches(File.ReadAllText(Repository.PathOf("README.md")));
        Assert.InRange(snippets.Count, 1, 20);
        return [.. snippets.Select(snippet => (snippet.Groups[1].Value, snippet.Groups[2].Value))];
    }

    [GeneratedRegex("```csharp\n(.*?)```\n\n```text\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("```.*?```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)")]
    private static partial Regex Link();
}
