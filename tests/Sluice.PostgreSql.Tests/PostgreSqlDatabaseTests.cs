using Npgsql;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>What only the store in PostgreSQL has: sessions of the server, versions, and sinks with tables in the database.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
public sealed class PostgreSqlDatabaseTests(PostgreSqlServer server) : IAsyncLifetime
{
    private PostgreSqlPlace _place = null!;

    public async Task InitializeAsync() => _place = await PostgreSqlPlace.MakeAsync(server);

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task Reading_makes_no_tables()
    {
        await using var store = _place.Open();
        Assert.Empty(await store.ListJobsAsync());
        Assert.False(await store.DeleteJobAsync("j"));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReaderAsync("j"));
        Assert.Equal(0, await CountAsync($"SELECT COUNT(*) FROM pg_namespace WHERE nspname = '{_place.Schema}'"));
    }

    [Fact]
    public async Task Tables_of_an_older_version_are_migrated()
    {
        await using (var connections = new PostgreSqlConnections(_place.ConnectionString(), new PostgreSqlStoreOptions { Schema = _place.Schema }))
        {
            await using var connection = await connections.OpenAsync(default);
            await connections.MigrateAsync(connection, 1, default);
        }

        await using var store = _place.Open();
        Assert.Empty(await store.ListJobsAsync());
        await using var session = await store.OpenAsync("j");
        await session.WriteAsync(0, new CheckpointRows { Nodes = [new NodeState { Node = "a", State = new byte[1] }] });
        await session.CommitAsync(new CheckpointCommit { Number = 0 });
        Assert.Equal(PostgreSqlSchema.Version, await CountAsync($"SELECT version FROM {_place.Schema}.schema_version"));
    }

    [Fact]
    public async Task A_run_whose_session_the_server_has_ended_takes_another_one_and_keeps_its_epoch()
    {
        await using var store = _place.Open();
        await using var session = await store.OpenAsync("j");
        for (var number = 0; number < 3; number++)
        {
            await session.CommitAsync(new CheckpointCommit { Number = number });
            await _place.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted");
        }

        await session.CommitAsync(new CheckpointCommit { Number = 3 });

        Assert.Equal((1, new CheckpointId(1, 3)), (session.Epoch, session.Committed));
        await Assert.ThrowsAsync<JobRunningException>(() => store.OpenAsync("j"));
    }

    [Fact]
    public async Task Rule_16_Rows_of_a_sink_are_there_if_and_only_if_the_checkpoint_is()
    {
        await using var store = _place.Open();
        await using var session = await store.OpenAsync("j");
        await _place.ExecuteAsync($"CREATE TABLE {_place.Schema}.result(n int PRIMARY KEY)");
        await session.CommitAsync(new CheckpointCommit { Number = 0, Participants = [Insert(1)] });

        await Assert.ThrowsAsync<PostgresException>(() => session.CommitAsync(new CheckpointCommit { Number = 1, Participants = [Insert(2), Insert(1)] }));
        await session.AbortAsync(1);
        Assert.Equal(0, await CountAsync($"SELECT COUNT(*) FROM {_place.Schema}.result WHERE n = 2"));

        await using var next = await store.OpenAsync("j", new JobOpenOptions { TakeOver = true });
        await Assert.ThrowsAsync<JobTakenOverException>(() => session.CommitAsync(new CheckpointCommit { Number = 2, Participants = [Insert(3)] }));
        Assert.Equal(1, await CountAsync($"SELECT COUNT(*) FROM {_place.Schema}.result"));

        PostgreSqlCommit Insert(int number) => new()
        {
            Node = "table",
            ConnectionString = _place.ConnectionString(),
            Write = async (transaction, token) =>
            {
                await using var command = new NpgsqlCommand($"INSERT INTO {_place.Schema}.result VALUES({number})", transaction.Connection, transaction);
                await command.ExecuteNonQueryAsync(token);
            },
        };
    }

    [Fact]
    public async Task A_participant_for_another_database_is_refused()
    {
        await using var store = _place.Open();
        await using var session = await store.OpenAsync("j");
        var other = new PostgreSqlCommit { Node = "t", ConnectionString = "Host=127.0.0.1;Port=1;Database=postgres", Write = static (_, _) => Task.CompletedTask };

        await Assert.ThrowsAsync<InvalidOperationException>(() => session.CommitAsync(new CheckpointCommit { Number = 0, Participants = [other] }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a;b")]
    [InlineData("A")]
    public void A_schema_that_would_have_to_be_quoted_is_refused(string schema) =>
        Assert.Throws<ArgumentException>(() => Checkpoints.PostgreSql("Host=127.0.0.1", new PostgreSqlStoreOptions { Schema = schema }));

    [Fact]
    public async Task Errors_name_the_server_and_no_password()
    {
        await using var store = Checkpoints.PostgreSql("Host=127.0.0.1;Port=1;Username=u;Password=secret;Database=d;Timeout=2");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync("j"));

        Assert.Contains("PostgreSQL database 'd' on 127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_place.ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
