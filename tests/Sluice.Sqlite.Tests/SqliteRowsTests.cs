using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>A table of SQLite as a source.</summary>
public sealed class SqliteRowsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly string _connection;

    public SqliteRowsTests()
    {
        _connection = $"Data Source={_folder.PathOf("data.db")};Pooling=False";
        Execute("CREATE TABLE \"the orders\" (what TEXT, id INTEGER PRIMARY KEY AUTOINCREMENT)");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_rows_come_in_the_order_of_the_column()
    {
        Execute("INSERT INTO \"the orders\" VALUES ('c', 30), ('a', -10), ('b', 20)");

        Assert.Equal(["a", "b", "c"], await Rows(new()).To(Sink.ToList<string>()).RunAsync());
        Assert.Equal(["c"], await Rows(new() { After = 20 }).To(Sink.ToList<string>()).RunAsync());
        Assert.Equal(["-10 a", "20 b", "30 c"], await Source.SqliteRows(_connection, "the orders", "id", static row => string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(0)} {row["what"]}")).To(Sink.ToList<string>()).RunAsync());
    }

    [Fact]
    public async Task A_job_goes_on_behind_each_row()
    {
        Insert(0, 12);
        for (var at = 1; at <= 12; at++)
        {
            var (seen, started, marked) = (0, new TaskCompletionSource<JobRun<List<string>>>(), new TaskCompletionSource<Task>());
            var job = Rows(new() { BatchSize = 5 }).SelectAsync(async (row, cancellation) =>
            {
                await Task.Yield(); // lets the mark in between two rows
                if (++seen == at)
                {
                    marked.SetResult((await started.Task).CheckpointAsync(cancellationToken: cancellation));
                }

                return row;
            }, 1, drain: true).To(Sink.ToList<string>()).AsJob("job " + at, _store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" } });
            var run = await job.StartAsync();
            started.SetResult(run);
            await Wait.For(Task.WhenAny(await Wait.For(marked.Task))); // behind the last row the run may have ended before it passes
            await run.DisposeAsync();

            Assert.Equal(Enumerable.Range(0, 12).Select(static i => $"order {i}"), await job.RunAsync());
        }
    }

    [Fact]
    public Task Rule_16_Rows_have_the_value_of_their_column_as_their_key() => Seed.Run(1, async random =>
    {
        const int Many = 300;
        Insert(0, Many);

        var keys = await KeyedCrashes.RunAsync(() => Rows(new() { BatchSize = random.Next(1, 40) }), [.. Enumerable.Range(0, Many).Select(static i => $"order {i}")], random);

        Assert.Equal(Enumerable.Range(1, Many).Select(static id => string.Create(CultureInfo.InvariantCulture, $"job/SqliteRows/{id}")), keys.Select(static key => key.ToString()));
    });

    /// <summary>A number that counts what was read would go to another row when a run reads again.</summary>
    [Fact]
    public async Task A_row_that_comes_between_others_takes_no_key_of_theirs()
    {
        Execute("INSERT INTO \"the orders\" VALUES ('a', 1), ('c', 3)");
        var handed = new List<string>();
        var job = Rows(new() { Follow = true, PollInterval = TimeSpan.FromMilliseconds(1) }).WithIdempotencyKeys().Take(3).To(Sink.ForEach<(string Item, IdempotencyKey Key)>(pair => handed.Add($"{pair.Item} {pair.Key.Position}"))).AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan });
        await using (await job.StartAsync())
        {
            await Wait.Until(() => handed.Count == 2, "two rows");
        }

        Execute("INSERT INTO \"the orders\" VALUES ('b', 2)");
        await Wait.For(job.RunAsync());

        Assert.Equal(["a 1", "c 3", "a 1", "b 2", "c 3"], handed);
    }

    [Fact]
    public async Task Rows_that_are_added_come_when_it_follows_also_those_of_the_time_in_which_nothing_ran()
    {
        Insert(0, 3);
        var job = Rows(new() { Follow = true, PollInterval = TimeSpan.FromMilliseconds(1), BatchSize = 2 }).Take(9).To(Sink.ToList<string>()).AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan });
        var run = await job.StartAsync();
        await Wait.For(run.CheckpointAsync());
        Insert(3, 3);
        await Wait.For(run.CheckpointAsync());
        await run.DisposeAsync();
        Insert(6, 3);

        Assert.Equal(Enumerable.Range(0, 9).Select(static i => $"order {i}"), await Wait.For(job.RunAsync()));
    }

    [Fact]
    public async Task A_table_that_is_not_there_fails_the_run()
    {
        await Assert.ThrowsAsync<SqliteException>(() => Source.SqliteRows(_connection, "no\" table", "id", static row => row.GetInt64(0)).To(Sink.ToList<long>()).RunAsync());
    }

    private Source<string> Rows(TableSourceOptions options) => Source.SqliteRows(_connection, "the orders", "id", static row => row.GetString(1), options);

    private void Insert(int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            Execute($"INSERT INTO \"the orders\" (what) VALUES ('order {i}')");
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection(_connection);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
