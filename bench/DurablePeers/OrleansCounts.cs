using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Orleans.Hosting;

namespace Sluice.Bench;

/// <summary>A silo in this process, whose grains count and store each count in PostgreSQL.</summary>
internal sealed class OrleansCounts : ICounts
{
    /// <summary>The table and the queries by the names that Orleans' AdoNet storage asks for.</summary>
    private const string Schema = """
        CREATE TABLE OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE GrainCounts (
          GrainIdHash int NOT NULL, GrainIdN0 bigint NOT NULL, GrainIdN1 bigint NOT NULL, GrainTypeHash int NOT NULL, GrainTypeString text NOT NULL, Extension text NOT NULL, ServiceId text NOT NULL,
          Payload bytea, Version int NOT NULL,
          PRIMARY KEY (GrainIdN1, GrainIdN0, GrainTypeHash, Extension, GrainTypeString, ServiceId));
        INSERT INTO OrleansQuery VALUES
        ('ReadFromStorageKey', 'SELECT Payload AS PayloadBinary, NULL::text AS PayloadJson, now() AS Now, Version FROM GrainCounts WHERE GrainIdN1 = @GrainIdN1 AND GrainIdN0 = @GrainIdN0
           AND GrainTypeHash = @GrainTypeHash AND Extension = coalesce(@GrainIdExtensionString, '''') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId'),
        ('WriteToStorageKey', 'WITH stored AS (
             INSERT INTO GrainCounts VALUES (@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, coalesce(@GrainIdExtensionString, ''''), @ServiceId, @PayloadBinary, 1)
             ON CONFLICT (GrainIdN1, GrainIdN0, GrainTypeHash, Extension, GrainTypeString, ServiceId) DO UPDATE SET Payload = excluded.Payload, Version = GrainCounts.Version + 1
             WHERE GrainCounts.Version = @GrainStateVersion::int RETURNING Version)
           SELECT coalesce((SELECT Version FROM stored), @GrainStateVersion::int) AS NewGrainStateVersion'),
        ('ClearStorageKey', 'UPDATE GrainCounts SET Payload = NULL, Version = Version + 1 WHERE GrainIdN1 = @GrainIdN1 AND GrainIdN0 = @GrainIdN0 AND GrainTypeHash = @GrainTypeHash
           AND Extension = coalesce(@GrainIdExtensionString, '''') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId AND Version = @GrainStateVersion::int RETURNING Version AS NewGrainStateVersion');
        """;

    private readonly IHost _host;
    private readonly IGrainFactory _grains;

    private OrleansCounts(IHost host) => (_host, _grains) = (host, host.Services.GetRequiredService<IGrainFactory>());

    /// <summary>Starts the silo.</summary>
    internal static async Task<OrleansCounts> StartAsync(string connectionString)
    {
        await using (var connection = new NpgsqlConnection(connectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand(Schema, connection);
            await command.ExecuteNonQueryAsync();
        }

        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Find(), FreePort.Find())
            .AddAdoNetGrainStorage(CountGrain.Storage, options => (options.Invariant, options.ConnectionString) = ("Npgsql", connectionString + ";Maximum Pool Size=20")));
        var host = builder.Build();
        await host.StartAsync();
        return new(host);
    }

    public Task<int> CountAsync(int key) => _grains.GetGrain<ICountGrain>(key).Count();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
