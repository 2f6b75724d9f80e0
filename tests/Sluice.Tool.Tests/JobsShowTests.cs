using System.Text.Json;

namespace Sluice.Tests;

/// <summary><c>sluice jobs show</c> and <c>describe</c>, of a job that was run.</summary>
[Trait("Configuration", "Release")]
public sealed class JobsShowTests(JobsShowTests.StoredJob stored) : IClassFixture<JobsShowTests.StoredJob>
{
    private static readonly string s_program = typeof(JobsShowTests).Assembly.Location;

    private string File => stored.File;

    [Fact]
    public async Task Show_has_each_node_with_its_kind_its_bytes_positions_and_outputs()
    {
        using var json = JsonDocument.Parse((await ToolRun.OnFileAsync(File, "show", LinesJob.Name, "--json")).Succeeded());
        var text = (await ToolRun.OnFileAsync(File, "show", LinesJob.Name, "--checkpoint", "all words")).Succeeded();

        var nodes = json.RootElement.GetProperty("nodes").EnumerateArray().ToDictionary(static node => node.GetProperty("name").GetString()!);
        Assert.Equal(["counts", "file", "last", "lines", "seen", "text"], nodes.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["lines", "source", "True", "counts"], Of("lines", "name", "kind", "isNamed", "targets"));
        Assert.Equal(["last", "stage", "True", "seen"], Of("last", "name", "kind", "isNamed", "targets"));
        Assert.All(nodes.Values, static node => Assert.InRange(node.GetProperty("stateBytes").GetInt64(), 1, long.MaxValue));
        Assert.Equal("stands behind line 4, byte 8 of its file", nodes["lines"].GetProperty("position").GetString());
        Assert.Equal("'counts.txt', 16 bytes", Assert.Single(nodes["file"].GetProperty("outputs").EnumerateArray()).GetString());
        Assert.Matches(@"^Checkpoint \d+ \(all words\) of job 'words', run 1, .* UTC\nNODE .*\n", text);
        Assert.Matches(@"(?m)^file +Sink .*'counts.txt', 16 bytes$", text);
        Assert.Matches(@"(?m)^lines +Source .*stands behind line 4, byte 8 of its file$", text);

        string[] Of(string node, params string[] members) => [.. members.Select(member => nodes[node].GetProperty(member) is { ValueKind: JsonValueKind.Array } list ? string.Join(' ', list.EnumerateArray()) : nodes[node].GetProperty(member).ToString())];
    }

    [Fact]
    public async Task Describe_shows_the_variables_of_a_coroutine_with_the_program_that_stored_them()
    {
        var text = (await ToolRun.OnFileAsync(File, "describe", LinesJob.Name, "last", "--assembly", s_program)).Succeeded();

        Assert.Matches(@"^at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC waits at inbox 0\nRememberAsync: waits at await \d", text);
        Assert.Contains("\n  factor = 7\n", text, StringComparison.Ordinal);
        Assert.Matches(@"\n  last = Counted \{Word = ""b"", Count = 3\}(\n|$)", text);
        Assert.Contains("\n  next = null, or given by the program\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_shows_the_coroutines_of_each_key_or_of_one()
    {
        var all = (await ToolRun.OnFileAsync(File, "describe", LinesJob.Name, "counts", "--assembly", s_program)).Succeeded();
        var one = (await ToolRun.OnFileAsync(File, "describe", LinesJob.Name, "counts", "--key", "b", "--assembly", s_program, "--json")).Succeeded();

        Assert.Equal(2, all.Split("\nkey ").Length - 1);
        Assert.Contains("\nkey a: CountAsync: waits at await", all, StringComparison.Ordinal);
        var lines = JsonDocument.Parse(one).RootElement.GetProperty("lines").EnumerateArray().Select(static line => line.GetString()!).ToList();
        Assert.Single(lines, static line => line.StartsWith("key b: CountAsync", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.StartsWith("key a", StringComparison.Ordinal));
        Assert.Contains("  count = 3", lines);
        Assert.Equal("'counts' has no key 'c' in this checkpoint.", (await ToolRun.OnFileAsync(File, "describe", LinesJob.Name, "counts", "--key", "c", "--assembly", s_program)).Failed());
    }

    [Fact]
    public async Task Describe_needs_no_program_for_what_is_of_the_library()
    {
        Assert.Equal("stands behind line 4, byte 8 of its file\n", (await ToolRun.OnFileAsync(File, "describe", LinesJob.Name, "lines")).Succeeded());

        var error = (await ToolRun.OnFileAsync(File, "describe", LinesJob.Name, "last")).Failed();

        Assert.StartsWith("The state of 'last' has types of the program that stored it. Give that program with --assembly App.dll.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_named_with_what_is()
    {
        Assert.Equal($"SQLite file '{File}' has no job 'none'. It has: words.", (await ToolRun.OnFileAsync(File, "show", "none")).Failed());
        Assert.Matches(@"^Job 'words' has no checkpoint '99'. It has: \d+, \d+ \(all words\), 0.$", (await ToolRun.OnFileAsync(File, "show", "words", "--checkpoint", "99")).Failed());
        Assert.Equal("Job 'words' has no state of a node 'none' in this checkpoint. It has: counts, file, last, lines, seen, text.", (await ToolRun.OnFileAsync(File, "describe", "words", "none")).Failed());
        Assert.Equal("'last' has no part 2 in this checkpoint. It has: 0.", (await ToolRun.OnFileAsync(File, "describe", "words", "last", "--part", "2")).Failed());
        Assert.Equal($"There is no application '{Path.ChangeExtension(File, ".dll")}'.", (await ToolRun.OnFileAsync(File, "describe", "words", "last", "--assembly", Path.ChangeExtension(File, ".dll"))).Failed());
    }

    /// <summary>A job that was run once for all of these tests, which only look at it.</summary>
    public sealed class StoredJob : IAsyncLifetime, IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        internal string File => _folder.PathOf("jobs.db");

        public async Task InitializeAsync()
        {
            await using var store = Checkpoints.Sqlite(File);
            await LinesJob.SuspendAsync(store, _folder, "b", "a", "b", "b");
        }

        public Task DisposeAsync() => Task.CompletedTask;

        public void Dispose() => _folder.Dispose();
    }
}
