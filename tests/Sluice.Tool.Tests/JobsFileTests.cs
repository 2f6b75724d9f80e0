namespace Sluice.Tests;

/// <summary><c>sluice jobs export</c> and <c>import</c>.</summary>
[Trait("Configuration", "Release")]
public sealed class JobsFileTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private CheckpointStore _store = null!;

    private string Database => _folder.PathOf("jobs.db");

    private string Exported => _folder.PathOf("j.checkpoint");

    public async Task InitializeAsync()
    {
        _store = Checkpoints.Sqlite(Database);
        await using var session = await _store.OpenAsync("j");
        await session.CommitAsync(new CheckpointCommit { Number = 5, Name = "five", Rows = new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[5] }] } });
        await session.CommitAsync(new CheckpointCommit { Number = 6, Rows = new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[6] }] } });
        await session.SuspendAsync();
        (await ToolRun.OnFileAsync(Database, "export", "j", Exported, "--checkpoint", "5")).Succeeded();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_checkpoint_goes_from_one_store_to_another_new_one()
    {
        var other = _folder.PathOf("other.db");

        Assert.Equal("Job 'j' is at checkpoint 5.\n", (await ToolRun.OnFileAsync(other, "import", Exported)).Succeeded());
        Assert.Equal("Job 'k' is at checkpoint 5.\n", (await ToolRun.OnFileAsync(other, "import", Exported, "--job", "k")).Succeeded());

        await using var store = Checkpoints.Sqlite(other);
        Assert.Equal(["j", "k"], (await store.ListJobsAsync()).Select(static job => job.Name));
        Assert.Equal((5, "five"), (Assert.Single(await store.ListCheckpointsAsync("k")).Id.Number, (await store.ListCheckpointsAsync("k"))[0].Name));
        Assert.Equal(5, await BytesAsync(store, "k"));
    }

    [Fact]
    public async Task A_job_is_overwritten_only_if_that_is_said_and_no_run_owns_it()
    {
        Assert.Equal($"SQLite file '{Database}' has a job 'j' already. Give another name with --job, or --replace, which deletes that job.", (await ToolRun.OnFileAsync(Database, "import", Exported)).Failed());
        await using (await _store.OpenAsync("j"))
        {
            Assert.StartsWith("Job 'j' is running", (await ToolRun.OnFileAsync(Database, "import", Exported, "--replace")).Failed(), StringComparison.Ordinal);
            Assert.Equal(6, await BytesAsync(_store, "j"));
        }

        (await ToolRun.OnFileAsync(Database, "import", Exported, "--replace", "--force")).Succeeded();

        Assert.Equal(5, await BytesAsync(_store, "j"));
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("short")]
    [InlineData("newer")]
    [InlineData("other")]
    public async Task A_file_that_is_not_whole_or_newer_changes_nothing(string how)
    {
        var bytes = await File.ReadAllBytesAsync(Exported);
        bytes = how switch
        {
            "damaged" => [.. bytes[..^6], (byte)(bytes[^6] ^ 1), .. bytes[^5..]],
            "short" => bytes[..^1],
            "newer" => [.. bytes[..8], 2, .. bytes[9..]],
            _ => "some text"u8.ToArray(),
        };
        var file = _folder.Write("changed", bytes);

        var error = (await ToolRun.OnFileAsync(Database, "import", file, "--replace")).Failed();

        Assert.Contains(how == "newer" ? "has format version 2, and this program knows versions up to 1" : "The file of a checkpoint is damaged", error, StringComparison.Ordinal);
        Assert.Equal(6, await BytesAsync(_store, "j"));
        Assert.Single(await _store.ListJobsAsync());
    }

    [Fact]
    public async Task An_export_replaces_no_file_unless_that_is_said_and_leaves_no_part_of_one()
    {
        Assert.Equal($"There is a file '{Exported}' already. Give another name, or --replace.", (await ToolRun.OnFileAsync(Database, "export", "j", Exported)).Failed());

        Assert.Matches($"^Checkpoint 6 of job 'j' is in '.*', \\d+ bytes.\n$", (await ToolRun.OnFileAsync(Database, "export", "j", Exported, "--replace")).Succeeded());

        await SqliteText.ExecuteAsync(Database, "UPDATE sluice_node_state SET state = x'00'");
        Assert.StartsWith("The store of job 'j' is damaged", (await ToolRun.OnFileAsync(Database, "export", "j", Exported, "--replace")).Failed(), StringComparison.Ordinal);
        await using (var whole = File.OpenRead(Exported))
        {
            Assert.Equal(("j", 6), (await CheckpointStore.CheckExportAsync(whole) is var file ? file.Job : "", file.Checkpoint.Id.Number));
        }

        Assert.Equal(["j.checkpoint"], Directory.GetFiles(_folder.Root, "j.*").Select(Path.GetFileName));
        Assert.Contains("Could not find a part of the path", (await ToolRun.OnFileAsync(Database, "export", "j", _folder.PathOf("none/file"))).Failed(), StringComparison.Ordinal);
    }

    private static async Task<long> BytesAsync(CheckpointStore store, string job)
    {
        await using var reader = await store.OpenReaderAsync(job);
        return (await reader.MeasureAsync()).Single().StateBytes;
    }
}
