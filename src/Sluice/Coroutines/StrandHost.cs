namespace Sluice;

/// <summary>Where a strand runs, if not wherever it is entered: a thread of its own, an event loop. Whatever enters it
/// elsewhere is posted there.</summary>
internal abstract class StrandHost
{
    /// <summary>Whether the calling thread may run the strand. Once the host has ended it may be any.</summary>
    internal abstract bool IsHere { get; }

    /// <summary>How often a receiver looks again for its next item before it gives up its thread.</summary>
    internal virtual int SpinCount => 0;

    /// <summary>Has the entry enter the strand over there; from any thread, never lost.</summary>
    internal abstract void Post(Strand strand, StrandEntry entry);
}
