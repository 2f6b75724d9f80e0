using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>Checks the tests' own text: all seeds are named by failures, and no limit is missed by a slow machine.</summary>
public sealed partial class TestSourceTests
{
    /// <summary>Random objects that are what is tested, and not where a test has its numbers from; one draws in a program of its own.</summary>
    private static readonly string[] s_randomValues = ["Seed.cs", "BackoffTests.cs", "PortableValuesTests.cs", "CheckAgainstCaptureTests.cs", "CorpusTests.cs", "CapturedValuesTests.cs", "TestSourceTests.cs"];

    private static readonly (string Name, string Text)[] s_files =
        [.. Directory.GetFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(static path => (Path.GetFileName(path), File.ReadAllText(path)))];

    [Fact]
    public void Random_numbers_come_from_seeds_that_a_switch_changes_and_a_failure_names() =>
        Assert.DoesNotContain(s_files, static file => !s_randomValues.Contains(file.Name) && OwnRandom().IsMatch(file.Text));

    [Fact]
    public void Every_worker_process_has_as_long_to_start_as_a_test_waits()
    {
        string[] starts = [.. from file in s_files where file.Name != "TestSourceTests.cs" from line in Start().Matches(file.Text) select $"{file.Name}: {line.Value.Trim()}"];

        Assert.InRange(starts.Length, 20, 200);
        string[] impatient = [.. starts.Where(static line => !StartsNothing().IsMatch(line) && !line.Contains("StartupTimeout", StringComparison.Ordinal))];
        Assert.Empty(impatient);
    }

    [GeneratedRegex(@"new Random\(|Random\.Shared|Environment\.TickCount")]
    private static partial Regex OwnRandom();

    /// <summary>Lines with options of a worker, which may go on within braces, and with environments without.</summary>
    [GeneratedRegex(@"^.*(new ProcessOptions\b(\s*\{[^}]*)?|Env\.Process\(\)|Env\.Processes\(|WorkerProcess\.StartAsync\(new\(\)).*$", RegexOptions.Multiline)]
    private static partial Regex Start();

    /// <summary>Finds calls that are refused before a worker is started, or start something else.</summary>
    [GeneratedRegex(@"Assert\.|async lost|Executable = ""false""|^AheadOfTimeTests|comparer: own")]
    private static partial Regex StartsNothing();
}
