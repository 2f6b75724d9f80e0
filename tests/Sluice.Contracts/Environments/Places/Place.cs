namespace Sluice.Contracts;

/// <summary>An environment as the contracts see it. A new environment is one of these, and a class for each contract that derives it with this place.</summary>
/// <remarks>The contracts make a place for each test, and dispose it. Thread safety: a test uses it from one thread.</remarks>
public abstract class Place : IDisposable
{
    /// <summary>The number of boundaries, each with the capacity, that items pass from the source to this place. Default 1.</summary>
    public virtual int Boundaries => 1;

    /// <summary>The number of boundaries that items pass from this place back to the caller. Default 1.</summary>
    public virtual int BoundariesBack => 1;

    /// <summary>True if items and stages that go there are copied, and so must be portable. Default false.</summary>
    public virtual bool IsRemote => false;

    /// <summary>True if it is another process. Default: the same as <see cref="IsRemote"/>.</summary>
    public virtual bool IsOtherProcess => IsRemote;

    /// <summary>True if sources, and sinks with a result, may be there: not where there would be several of them. Default true.</summary>
    public virtual bool TakesEnds => true;

    /// <summary>True if nodes there may take items from several places. Default true.</summary>
    public virtual bool TakesSeveralInputs => true;

    /// <summary>The capacity of a boundary in items, if the place takes no other. Default: it takes any.</summary>
    public virtual int? OnlyCapacity => null;

    /// <summary>The number of items that the tests of many items send. Default 1,000,000; a place that hands items over one by one takes fewer.</summary>
    public virtual int Many => 1_000_000;

    /// <summary>The number of items that find room on the way back to the caller. Default: the capacity of each of <see cref="BoundariesBack"/>.</summary>
    /// <param name="capacity">The capacity of each boundary, in items.</param>
    public virtual int RoomBack(int capacity) => BoundariesBack * capacity;

    /// <summary>Makes the environment.</summary>
    /// <param name="capacity">The capacity of each of its boundaries, in items.</param>
    public abstract Env Make(int capacity);

    /// <summary>Brings items into the environment: stages behind the result run in <paramref name="env"/>.</summary>
    /// <param name="source">The items.</param>
    /// <param name="env">The environment that <see cref="Make"/> has made.</param>
    /// <param name="capacity">Its capacity, in items.</param>
    public virtual Source<T> Enter<T>(Source<T> source, Env env, int capacity) => source.On(env);

    /// <summary>Ends what the environment needs while it is used.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
