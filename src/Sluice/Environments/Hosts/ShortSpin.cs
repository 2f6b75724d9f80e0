namespace Sluice;

/// <summary>Waiting without giving up the thread, where another processor may bring what is waited for.</summary>
internal static class ShortSpin
{
    private const int RoundsToYield = 8;

    /// <summary>The number of times to look again before parking: about as long as it takes to wake a thread. Longer would take a
    /// processor from the thread that brings the items.</summary>
    internal static int Rounds { get; } = Environment.ProcessorCount > 1 ? 40 : 0;

    /// <summary>Some hundred nanoseconds. At first, and then now and again, a thread that waits for this processor may go first: it may
    /// be the very one that is waited for.</summary>
    internal static void Pause(int round)
    {
        if (round % RoundsToYield != 0 || !Thread.Yield())
        {
            Thread.SpinWait(8);
        }
    }
}
