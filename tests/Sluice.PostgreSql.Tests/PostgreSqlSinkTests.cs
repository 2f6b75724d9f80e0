using Npgsql;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rows of tables, written by jobs: in the database of the store, and in another one.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
public sealed class PostgreSqlSinkTests(PostgreSqlServer server) : IAsyncLifetime
{
    private PostgreSqlPlace _place = null!;

    private string Own => _place.ConnectionString();

    private string Other => server.ConnectionString(database: "other" + _place.Schema);

    public async Task InitializeAsync()
    {
        _place = await PostgreSqlPlace.MakeAsync(server);
        await ExecuteAsync(Own, $"CREATE DATABASE other{_place.Schema}");
        foreach (var database in (string[])[Own, Other])
        {
            await ExecuteAsync(database, $"CREATE TABLE \"rows {_place.Schema}\"(\"Id\" BIGINT NOT NULL, \"Remainder\" INTEGER, \"Text\" TEXT, \"Half\" DOUBLE PRECISION)");
            await ExecuteAsync(database, $"CREATE TABLE \"latest {_place.Schema}\"(\"Id\" BIGINT NOT NULL, \"Remainder\" INTEGER PRIMARY KEY, \"Text\" TEXT, \"Half\" DOUBLE PRECISION)");
        }
    }

    public async Task DisposeAsync()
    {
        await ExecuteAsync(Own, $"DROP DATABASE other{_place.Schema} WITH (FORCE)");
        await _place.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Rule_16_Rows_are_there_once_whatever_the_run_is_ended_by(int seed) => Seed.Run(seed, async random =>
    {
        const int Many = 400;
        await using var inner = _place.Open();
        var store = new FaultyCheckpointStore(inner) { Faults = (_, name) => name is "commit" or "resolve" && random.Next(8) == 0 ? (StoreFault)random.Next(5) : StoreFault.None };
        for (var starts = 0; ; starts++)
        {
            Assert.InRange(starts, 0, 100);
            try
            {
                if (await RunAsync(store, Many, random.Next(4) == 0 ? 0 : 1 + random.Next(200), 1 + random.Next(30)))
                {
                    break;
                }
            }
            catch (StoreException)
            {
                // the start, or the end, has failed: it is started again
            }
        }

        foreach (var database in (string[])[Own, Other])
        {
            Assert.Equal(Enumerable.Range(0, Many).Select(static number => (long)number), await ReadAsync(database, $"SELECT \"Id\" FROM \"rows {_place.Schema}\" ORDER BY \"Id\""));
            Assert.Equal(Enumerable.Range(Many - 7, 7).Select(static number => (long)number), await ReadAsync(database, $"SELECT \"Id\" FROM \"latest {_place.Schema}\" ORDER BY \"Id\""));
        }

        Assert.Equal(Many / 5, (await ReadAsync(Own, $"SELECT \"Id\" FROM \"rows {_place.Schema}\" WHERE \"Half\" IS NULL")).Count);
    });

    /// <summary>Returns whether it has finished.</summary>
    private async Task<bool> RunAsync(CheckpointStore store, int rows, int crashAt, int checkpointEach)
    {
        var (items, started) = (0, new TaskCompletionSource<JobRun<object?>>(TaskCreationOptions.RunContinuationsAsynchronously));
        Sink<OutputRow>[] sinks = [.. ((string[])[Own, Other]).SelectMany(database => (Sink<OutputRow>[])
        [
            Sink.PostgreSqlInsert<OutputRow>(database, $"rows {_place.Schema}", new() { MaxItems = 50 }),
            Sink.PostgreSqlUpsert<OutputRow>(database, $"latest {_place.Schema}", ["Remainder"]),
        ])];
        var run = await Source.From(Enumerable.Range(0, rows).ToArray()).SelectAsync(async (item, cancellation) =>
        {
            var run = await started.Task.WaitAsync(cancellation);
            if (++items == crashAt)
            {
                _ = run.DisposeAsync().AsTask();
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            if (items % checkpointEach == 0)
            {
                _ = run.CheckpointAsync(cancellationToken: CancellationToken.None).ContinueWith(static taken => _ = taken.Exception, TaskScheduler.Default); // it is reported and tried again
            }

            return item;
        }, 1, drain: true).Select(static item => new OutputRow(item, item % 7, $"row {item}", item % 5 == 0 ? null : item / 2.0))
            .To(Sink.Broadcast(sinks)).AsJob("job", store, new() { Interval = Timeout.InfiniteTimeSpan, FailuresAllowed = 1000, AllowChanges = { "SelectAsync" } }).StartAsync();
        await using (run)
        {
            started.SetResult(run);
            try
            {
                await Wait.For(run.Completion, "the end of the run");
                return true;
            }
            catch (OperationCanceledException) when (crashAt > 0)
            {
                return false;
            }
        }
    }

    private static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<List<long>> ReadAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(database + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<long>();
        while (await reader.ReadAsync())
        {
            values.Add(reader.GetInt64(0));
        }

        return values;
    }
}
