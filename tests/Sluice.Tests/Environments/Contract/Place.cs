namespace Sluice.Tests;

/// <summary>An environment as the contract sees it. A new environment is one of these and the classes that derive the contract's
/// tests with it.</summary>
public abstract class Place : IDisposable
{
    /// <summary>The boundaries on the way of the items from the source to it, with the capacity of each.</summary>
    public virtual int Boundaries => 1;

    /// <summary>The same from it back to the caller.</summary>
    public virtual int BoundariesBack => 1;

    /// <summary>Gets whether what goes there and comes back is copied.</summary>
    public virtual bool IsRemote => false;

    /// <summary>Gets whether it is another process.</summary>
    public virtual bool IsOtherProcess => IsRemote;

    /// <summary>Gets whether sources, and sinks with a result, may be there: not where there would be several of them.</summary>
    public virtual bool TakesEnds => true;

    /// <summary>Gets whether nodes there may take items from several places.</summary>
    public virtual bool TakesSeveralInputs => true;

    /// <summary>The number of items that find room on the way back.</summary>
    public virtual int RoomBack(int capacity) => BoundariesBack * capacity;

    /// <summary>A boundary's capacity, if the place takes no other.</summary>
    public virtual int? OnlyCapacity => null;

    /// <summary>The number of items that "many" are.</summary>
    public virtual int Many => 1_000_000;

    /// <summary>The environment.</summary>
    public abstract Env Make(int capacity);

    /// <summary>Stages behind the result run in <paramref name="env"/>.</summary>
    public virtual Source<T> Enter<T>(Source<T> source, Env env, int capacity) => source.On(env);

    /// <summary>Ends what the environment needs while it is used.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
