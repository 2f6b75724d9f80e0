namespace Sluice.Contracts;

/// <summary>The same for a store on a disk, which can be damaged, filled and locked.</summary>
public abstract class FaultyStorePlace : StorePlace
{
    /// <summary>The address of what is stored here, which the program of the suite's assembly gets as its first argument.</summary>
    public abstract string Address { get; }

    /// <summary>Changes stored bytes as a failing disk would, behind the store's back.</summary>
    /// <param name="what">The rows.</param>
    /// <param name="number">The number of the checkpoint that they were written for, or -1 if they are of none.</param>
    /// <returns>A task that completes when at least one row is changed.</returns>
    public abstract Task DamageAsync(StoredKind what, long number);

    /// <summary>Gives the store a version of the format that no program knows yet.</summary>
    /// <returns>A task that completes when it has it.</returns>
    public abstract Task MakeNewerAsync();

    /// <summary>Takes all room from the store, until the result is disposed.</summary>
    /// <returns>The end of it.</returns>
    public abstract Task<IAsyncDisposable> FillAsync();

    /// <summary>Locks what a write needs, as another program would, until the result is disposed.</summary>
    /// <param name="job">The job that is locked at least.</param>
    /// <returns>The end of it.</returns>
    public abstract Task<IAsyncDisposable> LockAsync(string job);
}
