namespace Sluice.Bench;

/// <summary>Counts by key, each of which is stored when it is returned.</summary>
internal interface ICounts : IAsyncDisposable
{
    Task<int> CountAsync(int key);
}
