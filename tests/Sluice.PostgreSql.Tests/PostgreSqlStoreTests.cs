using Sluice.Contracts;

namespace Sluice.Tests;

/// <summary>The store in PostgreSQL passes the suite of stores.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
public sealed class PostgreSqlStoreTests(PostgreSqlServer server) : CheckpointStoreContract
{
    protected override async Task<StorePlace> MakePlaceAsync() => await PostgreSqlPlace.MakeAsync(server);
}

/// <summary>The same for what happens to disks and processes.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
public sealed class PostgreSqlFaultTests(PostgreSqlServer server) : StoreFaultContract
{
    protected override async Task<FaultyStorePlace> MakePlaceAsync(bool small) => await PostgreSqlPlace.MakeAsync(server, small);
}

/// <summary>The same for what happens to servers and connections.</summary>
[Collection(PostgreSqlCollection.Name)]
[Trait("Configuration", "Release")]
public sealed class PostgreSqlServerTests(PostgreSqlServer server) : ServerStoreContract
{
    protected override async Task<ServerStorePlace> MakePlaceAsync() => new PostgreSqlServerPlace(server, await PostgreSqlPlace.MakeAsync(server));
}
