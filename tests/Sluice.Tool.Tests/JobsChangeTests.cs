namespace Sluice.Tests;

/// <summary><c>sluice jobs delete</c> and <c>forget</c>.</summary>
public sealed class JobsChangeTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private CheckpointStore _store = null!;

    private string File => _folder.PathOf("jobs.db");

    public async Task InitializeAsync()
    {
        _store = Checkpoints.Sqlite(File);
        await using var session = await _store.OpenAsync("j");
        await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[1] }, new NodeState { Node = "b", State = new byte[2] }] } });
        await session.StopAsync();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("n\n", false)]
    [InlineData("", false)]
    public async Task Delete_asks_first(string answer, bool isDeleted)
    {
        var run = await ToolRun.RunAsync(["jobs", "delete", "j", "--sqlite", File], new StringReader(answer));

        var question = $"Job 'j' in SQLite file '{File}' and its 1 checkpoints will be deleted. Go on? [y/N] ";
        Assert.Equal(isDeleted ? (0, "Job 'j' is deleted.\n", question) : (1, "", question + "sluice: Nothing was done: the answer was not y.\n"), (run.ExitCode, run.Output, run.Error));
        Assert.Equal(isDeleted, await _store.FindJobAsync("j") is null);
    }

    [Theory]
    [InlineData("delete", "j")]
    [InlineData("forget", "j", "a")]
    public async Task Without_someone_to_answer_it_needs_yes(params string[] command)
    {
        Assert.EndsWith("Nothing was done: give --yes to go on without a question.", (await ToolRun.OnFileAsync(File, command)).Failed(), StringComparison.Ordinal);
        Assert.Single(await _store.ListCheckpointsAsync("j"));

        (await ToolRun.OnFileAsync(File, [.. command, "--yes"])).Succeeded();
    }

    [Fact]
    public async Task A_job_that_a_run_owns_is_deleted_only_by_force_and_that_run_writes_nothing_more()
    {
        await using var session = await _store.OpenAsync("j");

        var error = (await ToolRun.OnFileAsync(File, "delete", "j", "--yes")).Failed();
        Assert.StartsWith($"Job 'j' is running: run 2, in process {Environment.ProcessId} on host ", error, StringComparison.Ordinal);
        Assert.EndsWith("delete and import take it from that run with --force.", error, StringComparison.Ordinal);
        Assert.StartsWith("Job 'j' is running", (await ToolRun.OnFileAsync(File, "forget", "j", "a", "--yes")).Failed(), StringComparison.Ordinal);
        await session.CommitAsync(new CheckpointCommit { Number = 1 });

        (await ToolRun.OnFileAsync(File, "delete", "j", "--yes", "--force")).Succeeded();

        Assert.Null(await _store.FindJobAsync("j"));
        await Assert.ThrowsAnyAsync<Exception>(() => session.CommitAsync(new CheckpointCommit { Number = 2 }));
        Assert.Empty(await _store.ListJobsAsync());
    }

    [Fact]
    public async Task Rule_19_A_job_goes_on_without_a_node_that_was_forgotten()
    {
        Assert.Equal("Node 'a' of job 'j' is forgotten.\n", (await ToolRun.OnFileAsync(File, "forget", "j", "a", "--yes")).Succeeded());
        Assert.Equal("Job 'j' has nothing of a node 'a'. sluice jobs show j lists its nodes.", (await ToolRun.OnFileAsync(File, "forget", "j", "a", "--yes")).Failed());

        await using var reader = await _store.OpenReaderAsync("j");
        Assert.Equal(["b"], (await reader.MeasureAsync()).Select(static size => size.Node));
    }

    [Fact]
    public async Task Ctrl_C_ends_it_while_it_waits_for_an_answer()
    {
        using var stop = new CancellationTokenSource();
        using var input = new SilentReader();
        var run = ToolRun.RunAsync(["jobs", "delete", "j", "--sqlite", File], input, cancellationToken: stop.Token);
        await Wait.For(input.IsRead, "the question");

        await stop.CancelAsync();

        var ended = await Wait.For(run, "the end of the command");
        Assert.Equal(1, ended.ExitCode);
        Assert.EndsWith("sluice: Stopped.\n", ended.Error, StringComparison.Ordinal);
        Assert.NotNull(await _store.FindJobAsync("j"));
    }

    /// <summary>A terminal at which no one types.</summary>
    private sealed class SilentReader : TextReader
    {
        private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _isOver = new();

        internal Task IsRead => _isRead.Task;

        public override string? ReadLine()
        {
            _isRead.TrySetResult();
            _isOver.Wait();
            return null;
        }

        protected override void Dispose(bool disposing)
        {
            _isOver.Set();
            base.Dispose(disposing);
        }
    }
}
