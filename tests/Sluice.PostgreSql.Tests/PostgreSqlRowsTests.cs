using System.Globalization;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>A table of PostgreSQL as a source.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
public sealed class PostgreSqlRowsTests(PostgreSqlServer server) : IAsyncLifetime
{
    private PostgreSqlPlace _place = null!;

    public async Task InitializeAsync() => _place = await PostgreSqlPlace.MakeAsync(server);

    public async Task DisposeAsync() => await _place.DisposeAsync();

    [Fact]
    public async Task A_job_reads_each_row_once_also_those_of_the_time_in_which_nothing_ran()
    {
        var table = _place.Schema + ".Orders";
        await _place.ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {_place.Schema}; CREATE TABLE {_place.Schema}.\"Orders\" (what text, \"Id\" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)");
        await InsertAsync("one", "two", "three");
        await using var store = _place.Open();
        var job = Source.PostgreSqlRows(_place.ConnectionString(), table, "Id", static row => $"{row.GetInt64(0)} {row["what"]}", new() { Follow = true, BatchSize = 2, PollInterval = TimeSpan.FromMilliseconds(1) })
            .Take(6).To(Sink.ToList<string>()).AsJob("rows", store, new() { Interval = Timeout.InfiniteTimeSpan });
        var run = await job.StartAsync();
        await Wait.For(run.CheckpointAsync());
        await InsertAsync("four");
        await Wait.For(run.CheckpointAsync());
        await run.DisposeAsync();
        await InsertAsync("five", "six");

        Assert.Equal(["1 one", "2 two", "3 three", "4 four", "5 five", "6 six"], await Wait.For(job.RunAsync()));

        async Task InsertAsync(params string[] rows)
        {
            foreach (var row in rows)
            {
                await _place.ExecuteAsync($"INSERT INTO {_place.Schema}.\"Orders\" (what) VALUES ('{row}')");
            }
        }
    }

    [Fact]
    public Task Rule_16_Rows_have_the_value_of_their_column_as_their_key() => Seed.Run(1, async random =>
    {
        var table = _place.Schema + "_keys.items";
        await _place.ExecuteAsync($"CREATE SCHEMA {_place.Schema}_keys; CREATE TABLE {table} (id bigint PRIMARY KEY); INSERT INTO {table} SELECT 7 * n FROM generate_series(1, 200) AS n");

        var keys = await KeyedCrashes.RunAsync(() => Source.PostgreSqlRows(_place.ConnectionString(), table, "id", static row => row.GetInt64(0), new() { BatchSize = random.Next(1, 40) }), [.. Enumerable.Range(1, 200).Select(static n => 7L * n)], random);

        Assert.Equal(Enumerable.Range(1, 200).Select(static n => string.Create(CultureInfo.InvariantCulture, $"{7 * n}")), keys.Select(static key => key.Position));
        await _place.ExecuteAsync($"DROP SCHEMA {_place.Schema}_keys CASCADE");
    });
}
