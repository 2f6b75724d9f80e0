using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Sluice.Durable;

namespace Sluice.Bench;

/// <summary>The count of each key, as a job with a checkpoint each second, against the same pipeline without checkpoints and against actors that store each count; and how long a mark and a resume take.</summary>
internal static class DurableScenario
{
    private const int Items = 5_000_000;
    private const int Keys = 100_000;
    private const int ManyKeys = 1_000_000;
    private const double LimitOfResume = 3;
    private const string Table = "counts";

    /// <summary>Events that actors store one by one: as many as take them some seconds.</summary>
    private const int PeerEvents = 3_000;

    internal static void Run(Harness harness)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bench-").FullName;
        try
        {
            RunAsync(harness, folder).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task RunAsync(Harness harness, string folder)
    {
        var numbers = Numbers.Shuffled(Keys, Items / Keys);
        var all = numbers.First(Items);
        await using var server = await PostgreSqlServer.StartAsync();
        Harness.Table("durable", string.Create(CultureInfo.InvariantCulture, $"{Items:#,0} numbers, {Keys:#,0} keys, each counted by a coroutine; a checkpoint each second. SQLite is a file in {Path.GetTempPath()}, PostgreSQL a server of its own; both wait for the disk. Costs are for a number."));
        harness.Compare(
            "a job on SQLite", Side.Whole(Items, count => OnSqlite(folder, numbers.First(count)).GetAwaiter().GetResult(), tries: 1),
            "the same pipeline, run without a store", Side.Whole(Items, count => KeyCounts.Sum(numbers.First(count)).RunAsync().GetAwaiter().GetResult(), tries: 1), limit: 1.1);
        if (server is null)
        {
            Console.WriteLine("PostgreSQL is not installed (Debian: postgresql-15): its rows are left out.");
        }
        else
        {
            await harness.CompareLongAsync(
                "a job on PostgreSQL, with its results", () => Timed(Items, () => OnPostgreSql(server.ConnectionString, all, isJob: true)),
                "the same pipeline, results in PostgreSQL", () => Timed(Items, () => OnPostgreSql(server.ConnectionString, all, isJob: false)), limit: 1.15);
        }

        Harness.Table("durable: state of each key, against actors", string.Create(CultureInfo.InvariantCulture, $"The same jobs, and {PeerEvents:#,0} events at actors of as many keys that store each count before they answer, 64 at a time. Costs are for a number."));
        using (var akka = ExternalProgram.StartDurablePeer("akka", Path.Combine(folder, "akka.db")))
        {
            await harness.CompareLongAsync(
                "a job on SQLite", () => Timed(Items, () => OnSqlite(folder, all)),
                "Akka.Persistence, SQLite", () => OfPeer(akka), limit: 0.02);
        }

        if (server is not null)
        {
            using var orleans = ExternalProgram.StartDurablePeer("orleans", server.ConnectionString);
            await harness.CompareLongAsync(
                "a job on PostgreSQL, with its results", () => Timed(Items, () => OnPostgreSql(server.ConnectionString, all, isJob: true)),
                "Orleans, grain storage in PostgreSQL", () => OfPeer(orleans), limit: 0.02);
        }

        Harness.Heading("durable: mark and resume", "Once each.");
        await ResumeAsync(Path.Combine(folder, "many.db"));
    }

    private static Task<double> OfPeer(ExternalProgram peer)
    {
        var (nanoseconds, stored) = peer.Ask(PeerEvents.ToString(CultureInfo.InvariantCulture));
        return stored == PeerEvents ? Task.FromResult(nanoseconds / PeerEvents) : throw new InvalidOperationException($"{stored} of {PeerEvents} events were stored.");
    }

    private static async Task<double> Timed(int items, Func<Task<long>> run)
    {
        GC.Collect();
        var since = Stopwatch.GetTimestamp();
        var arrived = await run();
        var nanoseconds = Stopwatch.GetElapsedTime(since).TotalNanoseconds / items;
        return arrived == items ? nanoseconds : throw new InvalidOperationException($"{arrived} were counted of {items}.");
    }

    private static async Task<long> OnSqlite(string folder, int[] numbers)
    {
        var path = Path.Combine(folder, "counts.db");
        File.Delete(path);
        await using var store = Checkpoints.Sqlite(path);
        return await KeyCounts.SumAsync(numbers, store);
    }

    private static async Task<long> OnPostgreSql(string connectionString, int[] numbers, bool isJob)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (var make = database.CreateCommand($"DROP SCHEMA IF EXISTS bench CASCADE; DROP TABLE IF EXISTS {Table}; CREATE TABLE {Table}(\"Key\" int PRIMARY KEY, \"Count\" int NOT NULL)"))
        {
            await make.ExecuteNonQueryAsync();
        }

        if (isJob)
        {
            await using var store = Checkpoints.PostgreSql(connectionString, new() { Schema = "bench" });
            await KeyCounts.RowsAsync(numbers, connectionString, Table, store);
        }
        else
        {
            await KeyCounts.Rows(numbers, connectionString, Table).RunAsync();
        }

        await using var sum = database.CreateCommand($"SELECT sum(\"Count\") FROM {Table}");
        return (long)(await sum.ExecuteScalarAsync())!;
    }

    /// <summary>A mark through a run with a million keys, and a run that goes on there.</summary>
    private static async Task ResumeAsync(string path)
    {
        await using var store = Checkpoints.Sqlite(path);
        var numbers = new Gated(ManyKeys);
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, OnCheckpoint = static report => Console.WriteLine(report) };
        var run = await KeyCounts.Sum(numbers).AsJob("many", store, options).StartAsync();
        await numbers.Reached;
        await run.StopAsync(JobStop.Suspend);

        var since = Stopwatch.GetTimestamp();
        var again = await KeyCounts.Sum(new Gated(ManyKeys)).AsJob("many", store, options).StartAsync();
        var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A run with {ManyKeys:#,0} keys goes on after {seconds:0.0} s (limit {LimitOfResume} s: {Harness.YesNo(seconds <= LimitOfResume)})."));
        await again.DisposeAsync();
    }

    /// <summary>Numbers that say when the last key has had its item.</summary>
    private sealed class Gated(int keys) : IReadOnlyList<int>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => int.MaxValue;

        internal Task Reached => _reached.Task;

        public int this[int index]
        {
            get
            {
                if (index == keys)
                {
                    _reached.TrySetResult();
                }

                return index % keys;
            }
        }

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, int.MaxValue).Select(index => this[index]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
