namespace Sluice;

/// <summary>A place where strands run, such as a thread or an event loop: the base of environments of your own, which
/// <see cref="Env.On"/> makes. What enters a strand from elsewhere is posted to its host.</summary>
/// <remarks>
/// <para>A host promises three things: a turn that is posted runs once, in the order of posting, also if it is posted while the host ends;
/// it runs where <see cref="IsHere"/> is true; and no two turns run at the same time on behalf of one strand, which holds by itself if
/// the host runs them on one thread.</para>
/// <para>Thread safety: all members are called from any thread.</para>
/// </remarks>
public abstract class StrandHost
{
    [ThreadStatic] private static StrandHost? t_current;

    /// <summary>The host that the calling thread runs; null if there is none. Runs and targets that are started on the thread have their
    /// strands there. A host sets it for as long as it runs on the thread.</summary>
    public static StrandHost? Current
    {
        get => t_current;
        protected set => t_current = value;
    }

    /// <summary>Gets whether the calling thread may run a strand of this host. Once the host has ended that is so on every thread.</summary>
    public abstract bool IsHere { get; }

    /// <summary>Gets whether it has ended: a run that has a part there cannot start any more. Default never.</summary>
    public virtual bool HasEnded => false;

    /// <summary>The clock of what runs there, unless the run has one of its own; null for the system's. Default null.</summary>
    public virtual TimeProvider? TimeProvider => null;

    /// <summary>The number of times that a receiver looks again for its next item before it gives up its thread; 0 or more. Each look takes some hundred
    /// nanoseconds. Default 0.</summary>
    public virtual int SpinCount => 0;

    /// <summary>Has a turn run there. It must not be lost, and must not run before this returns unless <see cref="IsHere"/> is true.</summary>
    /// <param name="turn">The turn.</param>
    public abstract void Post(StrandTurn turn);
}
