namespace Sluice;

/// <summary>How long to wait before a client dials again: twice as long each time, up to a longest one. Half of each pause is chance, so that
/// not all clients of a server that has come back dial at the same moment. Thread safety: immutable.</summary>
internal readonly record struct DialPauses(TimeSpan First, TimeSpan Longest)
{
    /// <param name="attempt">Which one it is: 1 for the first that is not the very first dial.</param>
    internal TimeSpan Before(int attempt)
    {
        var whole = Math.Min(First.Ticks * Math.Pow(2, attempt - 1), Longest.Ticks); // infinite is fine
        return TimeSpan.FromTicks((long)(whole * (1 - (Random.Shared.NextDouble() / 2))));
    }
}
