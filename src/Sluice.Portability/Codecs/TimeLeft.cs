namespace Sluice;

/// <summary>The rest of a wait in time.</summary>
internal static class TimeLeft
{
    /// <summary>The rest after some more time: zero if the wait is over by then.</summary>
    internal static TimeSpan? After(TimeSpan? left, TimeSpan passed) =>
        left is { } time && time != Timeout.InfiniteTimeSpan ? (time > passed ? time - passed : TimeSpan.Zero) : left;
}
