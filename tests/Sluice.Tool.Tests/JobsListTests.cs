using System.Text.Json;

namespace Sluice.Tests;

/// <summary><c>sluice jobs list</c> and <c>checkpoints</c>.</summary>
[Trait("Configuration", "Release")]
public sealed class JobsListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.PathOf("jobs.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_list_says_who_runs_a_job_and_which_are_free()
    {
        await using var store = Checkpoints.Sqlite(File);
        await using var running = await store.OpenAsync("running");
        await running.CommitAsync(new CheckpointCommit { Number = 3, Name = "before", Time = DateTimeOffset.UtcNow - TimeSpan.FromHours(2.5) });
        await running.CommitAsync(new CheckpointCommit { Number = 4, Time = DateTimeOffset.UtcNow - TimeSpan.FromMinutes(5.5) });
        await using var elsewhere = await store.OpenAsync("elsewhere", new JobOpenOptions { Owner = JobOwner.Create() with { Host = "far" }, Lease = TimeSpan.FromHours(1) });
        await using var late = await store.OpenAsync("late", new JobOpenOptions { Owner = JobOwner.Create() with { Host = "far" }, Lease = TimeSpan.FromMilliseconds(1) });
        await using var killed = await store.OpenAsync("killed", new JobOpenOptions { Owner = JobOwner.Create() with { ProcessStart = 1 } });
        await EndAsync(store, "finished", static session => session.FinishAsync(new byte[1]));
        await EndAsync(store, "stopped", static session => session.StopAsync());
        await EndAsync(store, "suspended", static session => session.SuspendAsync());

        var lines = (await ToolRun.OnFileAsync(File, "list")).Succeeded().Split('\n');

        Assert.Equal(
            [
                "JOB STATE NEWEST AGE NAMED",
                $"elsewhere running: run 1, process {Environment.ProcessId} on far none",
                "finished finished none",
                "killed free: its process has ended none",
                "late free: its lease has run out none",
                $"running running: run 1, process {Environment.ProcessId} on {JobOwner.Create().Host} 4 5 min before",
                "stopped stopped none",
                "suspended suspended none",
                "",
            ],
            lines.Select(static line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Equal(["JOB        STATE", "elsewhere  runni", "finished   finis"], lines[..3].Select(static line => line[..16])); // in columns
    }

    [Fact]
    public async Task The_list_is_JSON_for_scripts_and_a_table_with_lines_for_people()
    {
        await using var store = Checkpoints.Sqlite(File);
        await using var session = await store.OpenAsync("a \u001b[31m\"job\"");
        await session.CommitAsync(new CheckpointCommit { Number = 4, Name = "n", Time = DateTimeOffset.UnixEpoch });

        using var json = JsonDocument.Parse((await ToolRun.OnFileAsync(File, "list", "--json")).Succeeded());
        var table = (await ToolRun.RunAsync(["jobs", "list", "--sqlite", File], isTerminal: true)).Succeeded();

        var row = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal("a \u001b[31m\"job\"", row.GetProperty("name").GetString());
        Assert.Equal("running", row.GetProperty("status").GetString());
        Assert.True(row.GetProperty("isOwned").GetBoolean());
        Assert.Equal(4, row.GetProperty("checkpoint").GetInt64());
        Assert.Equal(DateTimeOffset.UnixEpoch, row.GetProperty("time").GetDateTimeOffset());
        Assert.Equal("n", Assert.Single(row.GetProperty("named").EnumerateArray()).GetString());
        Assert.Contains("\u2502 a \\u001B[31m\"job\" \u2502", table.Replace("  ", " ", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table); // a name cannot give orders to a terminal
    }

    [Fact]
    public async Task Checkpoints_have_their_numbers_names_times_and_bytes()
    {
        await using var store = Checkpoints.Sqlite(File);
        await using var session = await store.OpenAsync("j");
        await CommitAsync(session, 1, "one", 10);
        await CommitAsync(session, 2, null, 25);

        var text = (await ToolRun.OnFileAsync(File, "checkpoints", "j")).Succeeded();
        using var json = JsonDocument.Parse((await ToolRun.OnFileAsync(File, "checkpoints", "j", "--json")).Succeeded());

        Assert.Equal(
            "NUMBER  NAME  TIME (UTC)           RUN  BYTES\n" +
            "     2        1970-01-01 00:00:02    1     29\n" +
            "     1  one   1970-01-01 00:00:01    1     14\n",
            text);
        Assert.Equal(["2  29", "1 one 14"], json.RootElement.EnumerateArray().Select(static row => $"{row.GetProperty("number")} {row.GetProperty("name")} {row.GetProperty("bytes")}"));
    }

    [Fact]
    public async Task A_store_without_jobs_and_a_job_without_checkpoints_are_no_failures()
    {
        await using var store = Checkpoints.Sqlite(File);
        await EndAsync(store, "j", static session => session.StopAsync());
        Assert.Equal("Job 'j' has no checkpoint yet.\n", (await ToolRun.OnFileAsync(File, "checkpoints", "j")).Succeeded());

        await store.DeleteJobAsync("j");

        Assert.Equal($"SQLite file '{File}' has no jobs.\n", (await ToolRun.OnFileAsync(File, "list")).Succeeded());
        Assert.Equal("[]\n", (await ToolRun.OnFileAsync(File, "list", "--json")).Succeeded());
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_an_error_in_one_line()
    {
        await using var store = Checkpoints.Sqlite(File);
        await using (var session = await store.OpenAsync("j"))
        {
            await CommitAsync(session, 1, null, 10);
        }

        await SqliteText.ExecuteAsync(File, "UPDATE sluice_node_state SET state = x'00'");

        Assert.StartsWith("The store of job 'j' is damaged: the state of node 'a'", (await ToolRun.OnFileAsync(File, "checkpoints", "j")).Failed(), StringComparison.Ordinal);
    }

    private static Task CommitAsync(JobSession session, long number, string? name, int bytes) => session.CommitAsync(new CheckpointCommit
    {
        Number = number,
        Name = name,
        Time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(number),
        Rows = new CheckpointRows
        {
            Nodes = [new NodeState { Node = "a", State = new byte[bytes] }],
            Positions = [new SourcePosition { Node = "s", Position = new byte[3] }],
            Staged = [new StagedOutput { Node = "o", Output = new byte[1] }],
        },
    });

    private static async Task EndAsync(CheckpointStore store, string job, Func<JobSession, Task> end)
    {
        await using var session = await store.OpenAsync(job);
        await end(session);
    }
}
