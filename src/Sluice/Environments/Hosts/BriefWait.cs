namespace Sluice;

/// <summary>Waiting without giving up the thread, where another processor may bring what is waited for.</summary>
internal static class BriefWait
{
    /// <summary>How often to look again before parking: about as long as it takes to wake a thread. Longer would take a
    /// processor from whoever is to bring something.</summary>
    internal static int Rounds { get; } = Environment.ProcessorCount > 1 ? 40 : 0;

    /// <summary>A few dozen nanoseconds.</summary>
    internal static void Pause() => Thread.SpinWait(8);
}
