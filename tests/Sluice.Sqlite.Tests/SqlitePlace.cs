using System.Globalization;
using Microsoft.Data.Sqlite;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>A SQLite file in a folder of its own, in memory where there is such a file system: each commit waits for the disk.</summary>
internal sealed class SqlitePlace : FaultyStorePlace
{
    private readonly SmallDisk? _disk;
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"sluice-sqlite-{Guid.NewGuid():N}")).FullName;

    /// <summary>Makes a place, on a file system with little room if that is needed.</summary>
    internal SqlitePlace(bool small) => _disk = small ? new SmallDisk(Path.Combine(_folder, "small"), 40) : null;

    public override string Address => Path.Combine(_disk?.Path ?? _folder, "checkpoints.db");

    public override CheckpointStore Open() => Checkpoints.Sqlite(Address, new SqliteStoreOptions { LockTimeout = TimeSpan.FromSeconds(1) });

    public override Task DamageAsync(StoredKind what, long number)
    {
        var sql = what switch
        {
            StoredKind.Job => "UPDATE sluice_job SET epoch = epoch + 64",
            StoredKind.Committed => "UPDATE sluice_committed SET time = time + 64 WHERE n = @n",
            StoredKind.Node => Flipped("node_state", "state"),
            StoredKind.Key => Flipped("key_state", "key"),
            StoredKind.Position => Flipped("position", "position"),
            StoredKind.Staged => Flipped("staged", "output"),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        Assert.InRange(Execute(sql, number), 1, int.MaxValue);
        return Task.CompletedTask;

        // The first byte of all these is a letter: an 's' becomes a 'w', for instance.
        static string Flipped(string table, string column) => $"UPDATE sluice_{table} SET {column} = CAST(char(unicode(CAST({column} AS TEXT)) | 4) || 'X' || substr(CAST({column} AS TEXT), 3) AS BLOB) WHERE n = @n";
    }

    public override Task MakeNewerAsync()
    {
        Execute("UPDATE sluice_schema SET version = version + 1000", 0);
        return Task.CompletedTask;
    }

    public override Task<IAsyncDisposable> FillAsync() => Task.FromResult((_disk ?? throw new InvalidOperationException("This place has room without end.")).Fill());

    public override Task<IAsyncDisposable> LockAsync(string job)
    {
        var connection = Connect();
        connection.BeginTransaction(deferred: false);
        return Task.FromResult<IAsyncDisposable>(connection);
    }

    public override ValueTask DisposeAsync()
    {
        _disk?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return base.DisposeAsync();
    }

    internal int Execute(string sql, long number)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@n", number);
        return command.ExecuteNonQuery();
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(string.Create(CultureInfo.InvariantCulture, $"Data Source={Address};Pooling=False"));
        connection.Open();
        return connection;
    }
}
