using Microsoft.Data.Sqlite;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rows of tables, written by jobs: in the file of the store, and in another one.</summary>
public sealed class SqliteSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string StorePath => _folder.PathOf("store.db");

    private string OtherPath => _folder.PathOf("other.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public Task Rule_16_Rows_are_there_once_whatever_the_run_is_ended_by(int seed) => Seed.Run(seed, async random =>
    {
        const int Many = 400;
        MakeTables();
        await using var inner = Checkpoints.Sqlite(StorePath);
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

        foreach (var path in (string[])[StorePath, OtherPath])
        {
            Assert.Equal(Enumerable.Range(0, Many).Select(static number => (long)number), Read(path, "SELECT \"Id\" FROM \"all \"\"rows\"\"\" ORDER BY rowid"));
            Assert.Equal(Enumerable.Range(Many - 7, 7).Select(static number => (long)number), Read(path, "SELECT Id FROM latest ORDER BY Id"));
        }
    });

    [Fact]
    public Task Rule_16_A_job_whose_process_is_killed_again_and_again_has_the_output_of_an_undisturbed_one() => Seed.Run(1, async random =>
    {
        const int Kills = 10;
        MakeTables();
        var (folder, undisturbed) = (Directory.CreateDirectory(_folder.PathOf("files")).FullName, Directory.CreateDirectory(_folder.PathOf("undisturbed")).FullName);
        MakeTables(Path.Combine(folder, "other.db"));
        await KilledSinksProgram.KillUntilFinishedAsync(GetType().Assembly.Location, [StorePath, "sinks", "job", folder], Kills, random);

        await KilledSinksProgram.Make(undisturbed, isSlow: false).RunAsync();
        foreach (var stem in (string[])["lines", "renamed", "rows"])
        {
            Assert.Equal(KilledSinksProgram.TextOf(undisturbed, stem), KilledSinksProgram.TextOf(folder, stem));
        }

        foreach (var path in (string[])[StorePath, Path.Combine(folder, "other.db")])
        {
            Assert.Equal(Enumerable.Range(0, KilledSinksProgram.Rows).Select(static number => (long)number), Read(path, "SELECT \"Id\" FROM \"all \"\"rows\"\"\" ORDER BY rowid"));
            Assert.Equal(Enumerable.Range(KilledSinksProgram.Rows - 7, 7).Select(static number => (long)number), Read(path, "SELECT Id FROM latest ORDER BY Id"));
        }
    });

    [Fact]
    public async Task A_job_that_is_deleted_and_started_again_writes_its_rows_again()
    {
        MakeTables();
        await using var store = Checkpoints.Sqlite(StorePath);
        await RunAsync(store, 10, 0, 5);
        Assert.True(await store.DeleteJobAsync("job"));

        await RunAsync(store, 10, 0, 5);

        Assert.Equal(20, Read(OtherPath, "SELECT Id FROM \"all \"\"rows\"\"\"").Count);
    }

    [Fact]
    public async Task Without_a_job_rows_are_written_in_batches()
    {
        MakeTables();

        await Source.From(Enumerable.Range(0, 25).ToArray()).Select(RowOf).To(Sink.SqliteInsert<OutputRow>(OtherPath, "all \"rows\"", new() { MaxItems = 10 })).RunAsync();

        Assert.Equal(25, Read(OtherPath, "SELECT Id FROM \"all \"\"rows\"\"\"").Count);
    }

    [Fact]
    public async Task A_row_that_breaks_a_constraint_fails_the_run_and_no_row_of_its_checkpoint_is_there()
    {
        MakeTables();
        await using var store = Checkpoints.Sqlite(StorePath);
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, FailuresAllowed = 0 };

        var error = await Assert.ThrowsAsync<SqliteException>(() => Source.From(["a", null]).To(Sink.SqliteInsert<string?>(StorePath, "texts", new() { Columns = [new("text", static text => text)] })).AsJob("job", store, options).RunAsync());

        Assert.Contains("NOT NULL", error.Message, StringComparison.Ordinal);
        Assert.Empty(Read(StorePath, "SELECT 1 FROM texts"));
    }

    [Fact]
    public void Wrong_columns_and_keys_are_refused_by_name()
    {
        Assert.Contains("'none' is no column", Assert.Throws<ArgumentException>(() => Sink.SqliteUpsert<OutputRow>(OtherPath, "t", ["none"])).Message, StringComparison.Ordinal);
        Assert.Contains("at least one key", Assert.Throws<ArgumentException>(() => Sink.SqliteUpsert<OutputRow>(OtherPath, "t", [])).Message, StringComparison.Ordinal);
        Assert.Contains("no public property", Assert.Throws<ArgumentException>(() => Sink.SqliteInsert<object>(OtherPath, "t")).Message, StringComparison.Ordinal);
    }

    /// <summary>The sinks of a test: each way in the file of the store, and in another one.</summary>
    internal static Sink<OutputRow>[] Tables(string store, string other) =>
    [
        Sink.SqliteInsert<OutputRow>(store, "all \"rows\"", new() { MaxItems = 50 }).Named("rows"),
        Sink.SqliteUpsert<OutputRow>(store, "latest", ["Remainder"]).Named("latest"),
        Sink.SqliteInsert<OutputRow>(other, "all \"rows\"").Named("other rows"),
        Sink.SqliteUpsert<OutputRow>(other, "latest", ["Remainder"], new() { MaxItems = 50 }).Named("other latest"),
    ];

    private static OutputRow RowOf(int number) => new(number, number % 7, $"row {number}", number % 5 == 0 ? null : number / 2.0);

    /// <summary>Returns whether it has finished.</summary>
    private async Task<bool> RunAsync(CheckpointStore store, int rows, int crashAt, int checkpointEach)
    {
        var (items, started) = (0, new TaskCompletionSource<JobRun<object?>>(TaskCreationOptions.RunContinuationsAsynchronously));
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
        }, 1, drain: true).Select(RowOf).To(Sink.Broadcast(Tables(StorePath, OtherPath))).AsJob("job", store, new() { Interval = Timeout.InfiniteTimeSpan, FailuresAllowed = 1000, AllowChanges = { "SelectAsync" } }).StartAsync();
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

    private void MakeTables()
    {
        MakeTables(StorePath);
        MakeTables(OtherPath);
    }

    private static void MakeTables(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = """"
            CREATE TABLE "all ""rows"""("Id" INTEGER NOT NULL, Remainder INTEGER, Text TEXT, Half REAL);
            CREATE TABLE latest(Id INTEGER NOT NULL, Remainder INTEGER PRIMARY KEY, Text TEXT, Half REAL);
            CREATE TABLE texts(text TEXT NOT NULL);
            """";
        command.ExecuteNonQuery();
    }

    private static List<long> Read(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var values = new List<long>();
        while (reader.Read())
        {
            values.Add(reader.GetInt64(0));
        }

        return values;
    }
}
