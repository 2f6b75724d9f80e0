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
