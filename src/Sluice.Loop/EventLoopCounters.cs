namespace Sluice;

/// <summary>Counts of a loop's work since it began.</summary>
/// <param name="Callbacks">How many callbacks it ran. One of them runs a task from one await to the next, and code that awaited it
/// if it ended.</param>
/// <param name="TimersFired">How many times came: of sleeps, time limits and timers.</param>
/// <param name="Polls">How often it looked whether descriptors are ready, or waited.</param>
/// <param name="SlowCallbacks">How many callbacks took longer than <see cref="EventLoopOptions.SlowCallback"/>.</param>
/// <param name="LongestCallback">How long the longest callback took, by the loop's clock.</param>
public readonly record struct EventLoopCounters(long Callbacks, long TimersFired, long Polls, long SlowCallbacks, TimeSpan LongestCallback);
