using Sluice.Durable;

namespace Sluice.Contracts;

/// <summary>A place with stored jobs: what a suite of stores needs to know about the store that it tests. It is empty when it is made.</summary>
public abstract class StorePlace : IAsyncDisposable
{
    /// <summary>True if the store finds out by itself that a run's session with it has ended, on any host. Default false.</summary>
    public virtual bool KnowsEndedSessions => false;

    /// <summary>Makes a store on what is stored here, as another process would.</summary>
    /// <returns>The store.</returns>
    public abstract CheckpointStore Open();

    /// <summary>Removes what is stored.</summary>
    /// <returns>A task that completes when it is removed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
