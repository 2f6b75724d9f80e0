using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>The store in memory passes the suite of stores.</summary>
public sealed class MemoryStoreTests : CheckpointStoreContract
{
    protected override Task<StorePlace> MakePlaceAsync() => Task.FromResult<StorePlace>(new MemoryPlace());

    private sealed class MemoryPlace : StorePlace
    {
        private readonly CheckpointStore _store = Checkpoints.Memory();

        public override CheckpointStore Open() => _store;
    }
}
