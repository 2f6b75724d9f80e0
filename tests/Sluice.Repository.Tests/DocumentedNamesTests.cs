using System.Reflection;
using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Code that the pages for contributors name is there: files, folders, types and their members.</summary>
public sealed partial class DocumentedNamesTests
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Lazy<ILookup<string, Type>> s_types = new(static () => (
        from file in Directory.GetFiles(AppContext.BaseDirectory, "Sluice*.dll")
        from type in Assembly.Load(Path.GetFileNameWithoutExtension(file)).GetTypes()
        select type).ToLookup(static type => type.Name.Split('`')[0]));

    private static readonly Lazy<HashSet<string>> s_files = new(static () => [.. (
        from folder in new[] { "src", "tests" }
        from file in Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories)
        select Path.GetFileName(file))]);

    /// <summary>Types of the tests, from their text: their assemblies need not be here.</summary>
    private static readonly Lazy<HashSet<string>> s_testTypes = new(static () => [.. (
        from file in Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
        from declaration in Declaration().Matches(File.ReadAllText(file))
        select declaration.Groups[1].Value)]);

    [Theory]
    [InlineData("CONTRIBUTING.md", "How to add an operator")]
    [InlineData("CONTRIBUTING.md", "How to add an environment")]
    [InlineData("CONTRIBUTING.md", "How to add a codec")]
    [InlineData("CONTRIBUTING.md", "How to change what a close does")]
    [InlineData("CONTRIBUTING.md", "How to add a boundary message")]
    [InlineData("docs/design.md", "Who calls what when something ends")]
    public void A_section_names_only_code_that_is_there(string page, string section)
    {
        var names = Code().Matches(TextOf(page, section)).Select(static match => match.Groups[1].Value).ToArray();

        Assert.True(names.Length > 5, $"'{section}' names {names.Length} things.");
        Assert.All(names, static name => Assert.True(Exists(name), $"There is no {name}."));
    }

    [Theory]
    [InlineData("How to add an operator")]
    [InlineData("How to add an environment")]
    [InlineData("How to add a codec")]
    [InlineData("How to change what a close does")]
    [InlineData("How to add a boundary message")]
    public void Each_task_of_a_newcomer_is_linked_from_the_top_of_CONTRIBUTING(string section)
    {
        var top = string.Join('\n', File.ReadLines(Repository.PathOf("CONTRIBUTING.md")).Take(15));

        Assert.Contains($"(#{section.ToLowerInvariant().Replace(' ', '-')})", top, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Node.NoSuchMember")]
    [InlineData("NoSuchType")]
    [InlineData("NoSuchFile.cs")]
    [InlineData("src/NoSuchFolder")]
    [InlineData("no name of anything")]
    public void A_name_that_is_not_there_is_found(string name) => Assert.False(Exists(name));

    private static bool Exists(string name)
    {
        if (name.EndsWith(".cs", StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal))
        {
            return s_files.Value.Contains(name);
        }

        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Path.Exists(Repository.PathOf(name));
        }

        var parts = name.Split('.');
        return (parts.Length == 1 && s_testTypes.Value.Contains(name)) || s_types.Value[parts[0]].Any(type => parts.Length == 1 || (parts.Length == 2 && HasMember(type, parts[1])));
    }

    private static bool HasMember(Type type, string member)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.GetMember(member, All).Length > 0)
            {
                return true;
            }
        }

        return false;
    }

    private static string TextOf(string page, string section)
    {
        var text = File.ReadAllText(Repository.PathOf(page));
        var start = text.IndexOf($"\n## {section}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"{page} has no section '{section}'.");
        var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return end < 0 ? text[start..] : text[start..end];
    }

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum) ([A-Z]\w*)")]
    private static partial Regex Declaration();

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex Code();
}
