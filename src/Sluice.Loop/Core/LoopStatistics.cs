namespace Sluice;

/// <summary>What <see cref="EventLoopCounters"/> count, in ticks of the loop's clock. Owner: the loop's thread.</summary>
internal struct LoopStatistics
{
    internal long Callbacks;
    internal long TimersFired;
    internal long Polls;
    internal long SlowCallbacks;
    internal long Longest;
}
