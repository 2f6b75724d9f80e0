using Sluice.Contracts;

namespace Sluice.Tests;

/// <summary>The store in a SQLite file passes the suite of stores.</summary>
public sealed class SqliteStoreTests : CheckpointStoreContract
{
    protected override Task<StorePlace> MakePlaceAsync() => Task.FromResult<StorePlace>(new SqlitePlace(small: false));
}

/// <summary>The same for what happens to files.</summary>
public sealed class SqliteFaultTests : StoreFaultContract
{
    protected override Task<FaultyStorePlace> MakePlaceAsync(bool small) => Task.FromResult<FaultyStorePlace>(new SqlitePlace(small));
}
