using System.Diagnostics;

namespace Sluice;

/// <summary>An environment: the place where a part of a pipeline runs. See <see cref="Source{T}.On"/> and <see cref="RunOptions.Placement"/>. The same
/// stages run in each, with the same guarantees: items in order, none lost, none twice, errors and ends in both directions.</summary>
/// <remarks>
/// <para>Between two environments there is a boundary that holds a bounded number of items: its capacity. A sender waits when it
/// is full. A send across a boundary completes when the item has its place there; what the receiver raises comes
/// out of a later send.</para>
/// <para>An environment is a description and holds nothing itself; each run makes what it needs, and leaves nothing behind. Used twice
/// in one pipeline it is one place there: what runs in it never runs at the same time, except as <see cref="Caller"/> says. Thread safety: immutable.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public abstract class Env
{
    /// <summary>The capacity of a boundary that is not given one: 1,024 items.</summary>
    public const int DefaultCapacity = 1024;

    private protected Env()
    {
    }

    /// <summary>The environment of the part before; the default. There is no boundary.</summary>
    public static Env Inline { get; } = new InlineEnv();

    /// <summary>The process that runs the pipeline, where a source runs if nothing is said: on the thread that started the run
    /// up to the first wait, then wherever that ends; on the event loop if the run was started on one.</summary>
    /// <remarks>If items come back to it from another environment, its sources, with the stages that follow them there, may run at the same time
    /// as what takes those items in, unless it is an event loop. So a source that holds its thread does not hold up the rest. Sources that are placed
    /// on a <see cref="ThreadPool"/> do the same.</remarks>
    public static Env Caller { get; } = new CallerEnv();

    /// <summary>A thread of its own, which lives as long as the run.</summary>
    /// <param name="capacity">How many items the boundary holds; 1 or more. Default 1,024.</param>
    /// <returns>A new environment.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
    public static Env Thread(int capacity = DefaultCapacity) => new ThreadEnv(Checked(capacity));

    /// <summary>Several threads that share the items out by a key: all items of one key go to the same thread, in their order, by
    /// <see cref="StableHash"/>. Each of them runs the part for its items; what they send on merges behind it, in the order of each key.</summary>
    /// <remarks>
    /// <para>Each thread has stages of its own, so a <c>Take(3)</c> takes three items in each, and what stages share beside the items is not guarded. A thread
    /// that wants no more drops the rest of its items. The slowest sets the pace when its boundary is full. An error that is thrown in goes to all of them.</para>
    /// <para>The part cannot have a source or a sink with a result, of which there would be several: put <c>On(Env.Caller)</c> before that sink.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="count">How many threads; 1 or more.</param>
    /// <param name="keySelector">Gives an item's key, which may be null. It runs where the items come from. What it throws fails the run.</param>
    /// <param name="comparer">Says which keys are the same: one that <see cref="StableHash"/> knows, or that implements
    /// <see cref="IStableHash{T}"/>. Default: the type's own equality.</param>
    /// <param name="capacity">How many items the boundary of each thread holds; 1 or more. Default 1,024.</param>
    /// <returns>A new environment.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> or <paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">Thrown: keys of this type have no stable hash, or the comparer has none.</exception>
    public static Env Threads<T, TKey>(int count, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentNullException.ThrowIfNull(keySelector);
        return new KeyedPoolEnv<T, TKey>(ThreadsEnv.Name(count), Checked(capacity), ThreadsEnv.MembersOf(count, capacity), keySelector, comparer);
    }

    /// <summary>Several threads for stages that keep nothing from one item to the next. What they send on comes in the order of the items, as if there were one
    /// thread.</summary>
    /// <remarks>
    /// <para>In order, the threads take turns, an item each, and what belongs to an item is what stages send before they ask for the next one. Stages that send later
    /// than that, such as <c>Buffer</c>, lose no item, but the order. What they send at the end of the input comes thread by thread.
    /// An item that takes long holds up the results of those behind it, as many as the boundaries hold, and not their work.</para>
    /// <para>Without order an item goes to the thread with the fewest waiting, and results come as they are done.</para>
    /// <para>Each thread has stages of its own, as with <see cref="Threads{T, TKey}(int, Func{T, TKey}, IEqualityComparer{TKey}, int)"/>, and the part has no source and no sink
    /// with a result. To keep the order it must take its items from one place. A thread that wants no more gets no more; what was given to it before is
    /// dropped. An error that is thrown in goes to one of them.</para>
    /// </remarks>
    /// <param name="count">How many threads; 1 or more.</param>
    /// <param name="ordered">Whether results keep the order of the items. Default true.</param>
    /// <param name="capacity">How many items the boundary of each thread holds; 1 or more. In order the end of each item takes a place too, on the
    /// way back. Default 1,024.</param>
    /// <returns>A new environment.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> or <paramref name="capacity"/> is less than 1.</exception>
    public static Env Threads(int count, bool ordered = true, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new ThreadsEnv(count, ordered, Checked(capacity));
    }

    /// <summary>Threads of the pool, one at a time.</summary>
    /// <param name="capacity">How many items the boundary holds; 1 or more. Default 1,024.</param>
    /// <returns>A new environment.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
    public static Env ThreadPool(int capacity = DefaultCapacity) => new ThreadPoolEnv(Checked(capacity));

    /// <summary>A place of your own: wherever the host runs what is posted to it.</summary>
    /// <param name="host">The host. It has to run as long as the pipeline.</param>
    /// <param name="name">What it is, for error messages and graphs: "loop 'main'".</param>
    /// <param name="capacity">How many items the boundary holds; 1 or more. Default 1,024.</param>
    /// <returns>A new environment.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="host"/> or <paramref name="name"/> is null, or the name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
    public static Env On(StrandHost host, string name, int capacity = DefaultCapacity)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new HostEnv(host, name, Checked(capacity));
    }

    /// <summary>Describes it for people.</summary>
    /// <returns>A few words.</returns>
    public abstract override string ToString();

    /// <summary>Gets whether items that cross the boundary leave the process.</summary>
    internal virtual bool IsRemote => false;

    /// <summary>Gets whether its sources, with what they feed there, are a segment of their own if it also takes items from elsewhere: a source may hold
    /// its thread, and what comes back goes on then on another one. Not where there is one thread only. Asked on the thread that starts the
    /// run.</summary>
    internal virtual bool RunsSourcesApart => false;

    /// <summary>The number of items that a boundary of it holds; null if it leaves that to the other side's.</summary>
    internal abstract int? Capacity { get; }

    /// <summary>Makes the place for one run's segment. Called on the thread that starts the run.</summary>
    internal abstract ISegmentRun Host(Segment segment, SegmentedRun run);

    private static int Checked(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return capacity;
    }
}
