using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>What the README and the pages of <c>docs</c> show is compiled and run, and prints what they say.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
public sealed partial class DocumentationTests
{
    public static TheoryData<string, int> AllSnippets
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var page in Pages())
            {
                for (var number = 0; number < Snippets(page).Count; number++)
                {
                    all.Add(page, number);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(AllSnippets))]
    public async Task A_snippet_prints_what_stands_below_it(string page, int number)
    {
        var snippet = Snippets(page)[number];
        var (code, output) = (snippet.Groups[1].Value, snippet.Groups[2].Value);
        var folder = Directory.CreateTempSubdirectory("readme");
        var file = Path.Combine(folder.FullName, "snippet.cs");
        await File.WriteAllTextAsync(file, $"""
            #:project {Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}
            #:project {Repository.PathOf("src", "Sluice.Expat", "Sluice.Expat.csproj")}
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
    public async Task Every_sample_stands_in_the_README()
    {
        var readme = await File.ReadAllTextAsync(Repository.PathOf("README.md"));

        Assert.All(Directory.GetFiles(Repository.PathOf("samples"), "*.cs"), sample => Assert.Contains($"(samples/{Path.GetFileName(sample)})", readme, StringComparison.Ordinal));
        Assert.InRange(readme.Split('\n').Length, 1, 200);
    }

    [Fact]
    public void Every_link_leads_somewhere()
    {
        foreach (var page in Pages())
        {
            var folder = Path.GetDirectoryName(Repository.PathOf(page))!;
            Assert.All(Link().Matches(File.ReadAllText(Repository.PathOf(page))), link => Assert.True(Path.Exists(Path.Combine(folder, link.Groups[1].Value)), $"{page}: {link.Value}"));
        }
    }

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            .Select(page => Path.GetRelativePath(Repository.PathOf(), page)).Order()
            .Append("README.md").Append("CONTRIBUTING.md");

    private static MatchCollection Snippets(string page) => Snippet().Matches(File.ReadAllText(Repository.PathOf(page)));

    [GeneratedRegex("```csharp\n(.*?)```\n\n```(?:text|mermaid)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]+)")]
    private static partial Regex Link();
}
