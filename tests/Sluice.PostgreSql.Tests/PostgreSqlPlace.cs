using Npgsql;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>A schema of its own; on a file system with little room, a database of its own too.</summary>
internal sealed class PostgreSqlPlace : FaultyStorePlace
{
    private readonly PostgreSqlServer _server;
    private readonly string _name = $"s{Guid.NewGuid():N}";
    private SmallDisk? _disk;

    private PostgreSqlPlace(PostgreSqlServer server) => _server = server;

    public override bool KnowsEndedSessions => true;

    public override string Address => $"{ConnectionString()}|{_name}";

    internal string Schema => _name;

    internal static async Task<PostgreSqlPlace> MakeAsync(PostgreSqlServer server, bool small = false)
    {
        var place = new PostgreSqlPlace(server);
        if (small)
        {
            place._disk = new SmallDisk(Path.Combine(Path.GetTempPath(), $"sluice-{place._name}"), 80);
            var folder = Directory.CreateDirectory(Path.Combine(place._disk.Path, "tables")).FullName;
            PostgreSqlServer.Own(folder);
            await place.ExecuteAsync($"CREATE TABLESPACE {place._name} LOCATION '{folder}'", "postgres");
            await place.ExecuteAsync($"CREATE DATABASE {place._name} TABLESPACE {place._name}", "postgres");
        }

        return place;
    }

    public override CheckpointStore Open() => OpenBy(null);

    internal CheckpointStore OpenBy(int? port) => Checkpoints.PostgreSql(ConnectionString(port), new PostgreSqlStoreOptions { Schema = _name, LockTimeout = TimeSpan.FromMilliseconds(500) });

    public override async Task DamageAsync(StoredKind what, long number)
    {
        var sql = what switch
        {
            StoredKind.Job => "UPDATE $.job SET epoch = epoch + 64",
            StoredKind.Committed => "UPDATE $.committed SET time = time + 64 WHERE n = @n",
            StoredKind.Node => Flipped("node_state", "state"),
            StoredKind.Key => Flipped("key_state", "key"),
            StoredKind.Position => Flipped("position", "position"),
            StoredKind.Staged => Flipped("staged", "output"),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        Assert.InRange(await ExecuteAsync(sql.Replace("$", _name, StringComparison.Ordinal), number: number), 1, int.MaxValue);

        static string Flipped(string table, string column) => $"UPDATE $.{table} SET {column} = set_byte({column}, 1, get_byte({column}, 1) # 4) WHERE n = @n";
    }

    public override Task MakeNewerAsync() => ExecuteAsync($"UPDATE {_name}.schema_version SET version = version + 1000");

    public override Task<IAsyncDisposable> FillAsync() => Task.FromResult((_disk ?? throw new InvalidOperationException("This place has room without end.")).Fill());

    public override async Task<IAsyncDisposable> LockAsync(string job)
    {
        var connection = new NpgsqlConnection(ConnectionString() + ";Pooling=false");
        await connection.OpenAsync();
        await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"SELECT 1 FROM {_name}.job WHERE name = @name FOR UPDATE", connection) { Parameters = { new("name", job) } };
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    public override async ValueTask DisposeAsync()
    {
        if (_disk is not null)
        {
            await ExecuteAsync($"DROP DATABASE {_name} WITH (FORCE)", "postgres");
            await ExecuteAsync($"DROP TABLESPACE {_name}", "postgres");
            _disk.Dispose();
        }

        await base.DisposeAsync();
    }

    internal string ConnectionString(int? port = null) => _server.ConnectionString(port, _disk is null ? "postgres" : _name);

    internal async Task<int> ExecuteAsync(string sql, string? database = null, long? number = null)
    {
        await using var connection = new NpgsqlConnection((database is null ? ConnectionString() : _server.ConnectionString(null, database)) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        if (number is not null)
        {
            command.Parameters.AddWithValue("n", number);
        }

        return await command.ExecuteNonQueryAsync();
    }
}

/// <summary>The same as a place in a server.</summary>
internal sealed class PostgreSqlServerPlace(PostgreSqlServer server, PostgreSqlPlace place) : ServerStorePlace
{
    public override bool KnowsEndedSessions => true;

    public override int Port => server.Port;

    public override CheckpointStore Open() => place.Open();

    public override CheckpointStore OpenBy(int port) => place.OpenBy(port);

    public override Task KillAsync() => server.KillAsync();

    public override Task StartAsync() => server.StartAsync();

    public override async ValueTask DisposeAsync()
    {
        await place.DisposeAsync();
        await base.DisposeAsync();
    }
}
