namespace Sluice.Bench;

/// <summary>The count of one key, which is stored after each event.</summary>
public interface ICountGrain : IGrainWithIntegerKey
{
    Task<int> Count();
}

/// <inheritdoc cref="ICountGrain"/>
public sealed class CountGrain([PersistentState("count", CountGrain.Storage)] IPersistentState<CountState> count) : Grain, ICountGrain
{
    internal const string Storage = "counts";

    public async Task<int> Count()
    {
        count.State.Count++;
        await count.WriteStateAsync();
        return count.State.Count;
    }
}

/// <summary>What the grain stores.</summary>
[GenerateSerializer]
public sealed class CountState
{
    [Id(0)]
    public int Count { get; set; }
}
