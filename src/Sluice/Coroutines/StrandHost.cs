namespace Sluice;

/// <summary>Where a strand runs, if not wherever it is entered: a thread of its own, an event loop. Whatever enters it
/// elsewhere is posted there.</summary>
internal abstract class StrandHost
{
    [ThreadStatic] private static StrandHost? t_current;

    /// <summary>The host that the calling thread runs, such as an event loop; null if there is none. Strands that are made on the thread
    /// run there. Set by the host itself, for as long as it runs on the thread.</summary>
    internal static StrandHost? Current
    {
        get => t_current;
        set => t_current = value;
    }

    /// <summary>The clock of what runs there; null for the system's.</summary>
    internal virtual TimeProvider? TimeProvider => null;

    /// <summary>Whether the calling thread may run the strand. Once the host has ended it may be any.</summary>
    internal abstract bool IsHere { get; }

    /// <summary>How often a receiver looks again for its next item before it gives up its thread.</summary>
    internal virtual int SpinCount => 0;

    /// <summary>Has the entry enter the strand over there; from any thread, never lost.</summary>
    internal abstract void Post(Strand strand, StrandEntry entry);
}
