using Sluice.Durable;
using static Sluice.Contracts.StoredState;

namespace Sluice.Contracts;

/// <content>What tools do with stores: lists, sizes, removals, files.</content>
public abstract partial class CheckpointStoreContract
{
    [Fact]
    public async Task Jobs_are_listed_by_name_and_do_not_mix()
    {
        Assert.Empty(await _store.ListJobsAsync());
        Assert.Null(await _store.FindJobAsync(Job));
        Assert.Empty(await _store.ListCheckpointsAsync(Job));
        await using var b = await _store.OpenAsync("b");
        await using var a = await _store.OpenAsync("a");
        await CommitAsync(b, 0, "of b");
        await CommitAsync(a, 4, "of a");
        await a.SuspendAsync();

        Assert.Equal([("a", JobStatus.Suspended, new CheckpointId(1, 4)), ("b", JobStatus.Running, new CheckpointId(1, 0))], (await _store.ListJobsAsync()).Select(static job => (job.Name, job.Status, job.Checkpoint!.Value)));
        Assert.Equal(["node a/0 = of b", "position lines/ = 0"], await ReadAsync(_store, "b"));
    }

    [Fact]
    public async Task Sizes_are_told_by_node()
    {
        await using var session = await _store.OpenAsync(Job);
        await session.CommitAsync(new CheckpointCommit
        {
            Number = 0,
            Rows = new CheckpointRows { Graph = Utf8("g"), Nodes = [Node("a", "12345")], Keys = [Key("k", "x", "12"), Key("k", "y", "345")], Positions = [Position("s", "1234")], Staged = [Staged("o", 0, "123456")] },
        });

        await using var reader = await session.OpenReaderAsync();
        Assert.Equal([new NodeSize("a", 0, 5, 0, 0), new NodeSize("k", 2, 5, 0, 0), new NodeSize("o", 0, 0, 0, 6), new NodeSize("s", 0, 0, 4, 0)], await reader.MeasureAsync());
    }

    [Fact]
    public async Task A_job_is_deleted_unless_it_runs()
    {
        var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 0, "0");
        await Assert.ThrowsAsync<JobRunningException>(() => _store.DeleteJobAsync(Job));
        await session.SuspendAsync();
        await session.DisposeAsync();

        Assert.True(await _store.DeleteJobAsync(Job));
        Assert.False(await _store.DeleteJobAsync(Job));
        await Assert.ThrowsAsync<ArgumentException>(() => _store.OpenReaderAsync(Job));
        await using var fresh = await _store.OpenAsync(Job);
        Assert.Equal((1, null), (fresh.Epoch, fresh.Committed));
    }

    [Fact]
    public async Task A_finished_job_can_be_deleted()
    {
        await using (var session = await _store.OpenAsync(Job))
        {
            await session.FinishAsync(Utf8("1"));
        }

        Assert.True(await _store.DeleteJobAsync(Job));
        Assert.Null(await _store.FindJobAsync(Job));
    }

    [Fact]
    public async Task Rule_19_A_node_is_forgotten_and_the_job_stays_as_it_was()
    {
        await using (var session = await _store.OpenAsync(Job))
        {
            await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Nodes = [Node("a", "0"), Node("b", "0")], Keys = [Key("a", "x", "0")], Positions = [Position("a", "0")], Staged = [Staged("a", 0, "0")] } });
            await Assert.ThrowsAsync<JobRunningException>(() => _store.ForgetNodeAsync(Job, "a"));
            await session.SuspendAsync();
        }

        Assert.True(await _store.ForgetNodeAsync(Job, "a"));
        Assert.False(await _store.ForgetNodeAsync(Job, "a"));
        Assert.False(await _store.ForgetNodeAsync("none", "a"));
        Assert.Equal(JobStatus.Suspended, (await _store.FindJobAsync(Job))!.Status);
        Assert.Equal(["node b/0 = 0"], await ReadAsync(_store, Job));
    }

    [Fact]
    public async Task A_checkpoint_is_exported_as_a_file_and_imported_as_a_job()
    {
        var keys = Enumerable.Range(0, 12_000).Select(static i => Key("k", $"{i}", $"state {i}", i % 128, i, i, i)).ToList(); // more than one batch
        await using var session = await _store.OpenAsync(Job);
        await session.CommitAsync(new CheckpointCommit
        {
            Number = 7,
            Name = "n\u00E4me",
            Rows = new CheckpointRows { Graph = Utf8("g"), Nodes = [Node("a", "1"), Node("a", "", part: 2)], Keys = keys, Positions = [Position("s", "p", "q")], Staged = [Staged("o", 4, "line")] },
        });
        await session.CommitAsync(new CheckpointCommit { Number = 8, Rows = new CheckpointRows { Keys = [Key("k", "0", null)] } });
        using var file = new MemoryStream();

        var exported = await _store.ExportAsync(Job, file, new CheckpointId(1, 7));
        file.Position = 0;
        var said = await CheckpointStore.CheckExportAsync(file);
        file.Position = 0;
        var imported = await _store.ImportAsync("copy", file);

        Assert.Equal(new ExportedCheckpoint(Job, exported), said);
        Assert.Equal(((long)7, "n\u00E4me", exported.Time), (imported.Id.Number, imported.Name, imported.Time));
        Assert.Equal(await ReadAsync(_store, Job, new(1, 7)), await ReadAsync(_store, "copy"));
        await using var resumed = await _store.OpenAsync("copy");
        Assert.Equal((2, new CheckpointId(1, 7)), (resumed.Epoch, resumed.Committed));
        file.Position = 0;
        await Assert.ThrowsAsync<ArgumentException>(() => _store.ImportAsync("copy", file));
    }

    [Fact]
    public async Task A_damaged_file_of_a_checkpoint_is_refused_and_makes_no_job()
    {
        await using var session = await _store.OpenAsync(Job);
        await CommitAsync(session, 1, "state");
        using var file = new MemoryStream();
        await _store.ExportAsync(Job, file);
        var bytes = file.ToArray();
        bytes[^6] ^= 0x10; // in the last record: rows before it are written by then

        using var damaged = new MemoryStream(bytes);
        await Assert.ThrowsAsync<StoreDamagedException>(() => CheckpointStore.CheckExportAsync(damaged));
        damaged.Position = 0;
        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.ImportAsync("copy", damaged));

        Assert.Null(await _store.FindJobAsync("copy"));
    }
}
