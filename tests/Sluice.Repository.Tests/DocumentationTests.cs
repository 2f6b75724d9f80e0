using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Compiles and runs the code of the README and of the pages of <c>docs</c>, and compares its output.</summary>
[Trait("Category", "Samples")]
[Collection("Programs")]
[Trait("Configuration", "Release")]
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
        using var folder = new TemporaryFolder(); // for the files that it writes
        var run = await FileBasedProgram.RunIn(folder.Root, s_programs.Value, NameOf(page, number));

        Assert.Equal("", run.Error);
        Assert.Equal(Snippets(page)[number].Groups[2].Value, run.Output);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task The_first_program_of_the_README_runs_as_it_is_pasted()
    {
        using var folder = new TemporaryFolder();
        var run = await FileBasedProgram.RunAsUser(folder.Write("snippet.cs", ProgramOf("README.md", 0)));

        Assert.Equal((0, Snippets("README.md")[0].Groups[2].Value, ""), (run.ExitCode, run.Output, run.Error));
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

    private static readonly Lazy<ProgramSet> s_programs = new(static () => ProgramSet.Of("snippets",
        from page in Pages()
        from number in Enumerable.Range(0, Snippets(page).Count)
        select (NameOf(page, number), ProgramOf(page, number))));

    private static string NameOf(string page, int number) => $"{page[..^".md".Length].Replace('/', '-')}-{number}";

    private static string ProgramOf(string page, int number) => $"""
        #:project {Repository.PathOf("src", "Sluice.All", "Sluice.All.csproj")}
        #:project {Repository.PathOf("src", "Sluice.Expat", "Sluice.Expat.csproj")}
        #:property PublishAot=false
        #:property InvariantGlobalization=true
        using Sluice;
        {Snippets(page)[number].Groups[1].Value}
        """;

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
