using Microsoft.Data.Sqlite;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>What only the store in a SQLite file has: the file, its versions, and sinks with tables in it.</summary>
#pragma warning disable CA1001 // xunit calls DisposeAsync
public sealed class SqliteFileTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly SqlitePlace _place = new(small: false);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Reading_makes_no_file()
    {
        var store = _place.Open();
        Assert.Empty(await store.ListJobsAsync());
        Assert.Null(await store.FindJobAsync("j"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReaderAsync("j"));
        Assert.False(await store.DeleteJobAsync("j"));
        Assert.False(await store.UnnameAsync("j", "n"));
        Assert.False(File.Exists(_place.Address));
    }

    [Fact]
    public async Task Reading_a_file_without_tables_of_checkpoints_changes_nothing_there()
    {
        _place.Execute("CREATE TABLE mine(n INTEGER)", 0);
        var before = await File.ReadAllBytesAsync(_place.Address);
        var store = _place.Open();

        Assert.Empty(await store.ListJobsAsync());
        Assert.Null(await store.FindJobAsync("j"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReaderAsync("j"));
        Assert.Equal(before, await File.ReadAllBytesAsync(_place.Address));
    }

    [Fact]
    public async Task A_file_of_an_older_version_is_migrated()
    {
        await using (var connection = new SqliteConnection($"Data Source={_place.Address};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var transaction = connection.BeginTransaction();
            await SqliteSchema.MigrateAsync(new SqlTransaction(connection, transaction, SqliteSchema.Dialect), 1, default);
            transaction.Commit();
        }

        var owner = JobOwner.Create() with { Host = "elsewhere" };
        var old = new JobRecord { Name = "j", Status = JobStatus.Suspended, Epoch = 4, Owner = owner, Since = DateTimeOffset.UnixEpoch };
        _place.Execute($"INSERT INTO sluice_job(name, status, epoch, checkpoint_epoch, checkpoint, owner, since, lease_end, result, checksum) VALUES('j', 3, 4, 0, -1, '{owner}', 0, 0, x'', {old.ComputeChecksum()})", 0);
        var store = _place.Open();

        Assert.Equal(4, (await store.FindJobAsync("j"))!.Epoch);
        await using var session = await store.OpenAsync("j");
        await session.WriteAsync(0, new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[1] }] });
        await session.CommitAsync(new CheckpointCommit { Number = 0 });
        Assert.Equal(5, session.Epoch);
    }

    [Fact]
    public async Task A_commit_is_on_the_disk_when_it_returns()
    {
        await using var session = await _place.Open().OpenAsync("j");
        var found = new List<long>();
        await session.CommitAsync(new CheckpointCommit
        {
            Number = 0,
            Participants = [new SqliteCommit { Node = "table", Path = _place.Address, Write = async (transaction, token) =>
            {
                await using var command = transaction.Connection!.CreateCommand();
                command.CommandText = "PRAGMA synchronous";
                found.Add((long)(await command.ExecuteScalarAsync(token))!);
            } }],
        });

        Assert.Equal([2], found); // FULL
        Assert.True(File.Exists(_place.Address + "-wal"));
    }

    [Fact]
    public async Task Rule_16_Rows_of_a_sink_are_there_if_and_only_if_the_checkpoint_is()
    {
        var store = _place.Open();
        await using var session = await store.OpenAsync("j");
        _place.Execute("CREATE TABLE result(n INTEGER PRIMARY KEY)", 0);
        await session.CommitAsync(new CheckpointCommit { Number = 0, Participants = [Insert(1)] });

        await Assert.ThrowsAsync<SqliteException>(() => session.CommitAsync(new CheckpointCommit { Number = 1, Participants = [Insert(2), Insert(1)] }));
        await session.AbortAsync(1);
        Assert.Equal(0, Execute("SELECT COUNT(*) FROM result WHERE n = 2"));

        await using var next = await store.OpenAsync("j", new JobOpenOptions { TakeOver = true });
        await Assert.ThrowsAsync<JobTakenOverException>(() => session.CommitAsync(new CheckpointCommit { Number = 2, Participants = [Insert(3)] }));
        Assert.Equal(1, Execute("SELECT COUNT(*) FROM result"));

        SqliteCommit Insert(int number) => new()
        {
            Node = "table",
            Path = _place.Address,
            Write = async (transaction, token) =>
            {
                await using var command = transaction.Connection!.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = $"INSERT INTO result VALUES({number})";
                await command.ExecuteNonQueryAsync(token);
            },
        };
    }

    [Fact]
    public async Task A_participant_for_another_file_is_refused()
    {
        await using var session = await _place.Open().OpenAsync("j");

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.CommitAsync(new CheckpointCommit { Number = 0, Participants = [new SqliteCommit { Node = "t", Path = "other.db", Write = static (_, _) => Task.CompletedTask }] }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public async Task A_file_that_is_damaged_as_a_whole_is_an_error_that_says_what_to_do(int keptBytes)
    {
        var store = _place.Open();
        await using (var session = await store.OpenAsync("j"))
        {
            await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[10_000] }] } });
        }

        var bytes = await File.ReadAllBytesAsync(_place.Address);
        Array.Fill(bytes, (byte)'x', keptBytes, bytes.Length - keptBytes);
        await File.WriteAllBytesAsync(_place.Address, keptBytes == 0 ? bytes : bytes[..Math.Max(keptBytes, 4097)]);

        var error = await Assert.ThrowsAsync<StoreDamagedException>(() => store.OpenAsync("j"));
        Assert.Contains("Restore it from a backup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_deleted_under_a_run_ends_its_commits()
    {
        await using var session = await _place.Open().OpenAsync("j");
        await session.CommitAsync(new CheckpointCommit { Number = 0 });
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(_place.Address + suffix);
        }

        await Assert.ThrowsAnyAsync<StoreException>(() => session.CommitAsync(new CheckpointCommit { Number = 1 }));
    }

    [Fact]
    public async Task Pairs_of_checkpoints_whose_rows_are_gone_are_removed()
    {
        await using var session = await _place.Open().OpenAsync("j", new JobOpenOptions { Keep = 1 });
        for (var number = 0; number < 200; number++)
        {
            await session.CommitAsync(new CheckpointCommit { Number = number, Rows = new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[1] }] } });
            await session.PruneAsync();
        }

        Assert.InRange(Execute("SELECT COUNT(*) FROM sluice_committed"), 1, 20);
        Assert.Equal(1, Execute("SELECT COUNT(*) FROM sluice_node_state"));
        Assert.Equal(0, Execute("SELECT COUNT(*) FROM sluice_batch"));
    }

    private long Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_place.Address};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
