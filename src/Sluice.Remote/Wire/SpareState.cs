namespace Sluice;

/// <summary>The thread that takes over the next time from the one that reads a connection.</summary>
/// <remarks>
/// Each state may go to:
/// <code>
/// state     to         by
/// None      Parked     TryPark
/// None      Awaited    WakeSpare: there is none, and none can be started
/// None      Ended      End
/// Parked    None       WakeSpare
/// Parked    Ended      End
/// Awaited   None       TryPark
/// </code>
/// While one is awaited no thread reads, so the connection does not come to its end.
/// </remarks>
internal enum SpareState
{
    /// <summary>There is none: the next take-over starts a thread.</summary>
    None,

    /// <summary>It waits.</summary>
    Parked,

    /// <summary>It is needed already: the first thread that comes to park goes on at once.</summary>
    Awaited,

    /// <summary>No thread parks any more.</summary>
    Ended,
}

/// <summary>The table of <see cref="SpareState"/>.</summary>
internal static class SpareTransitions
{
    internal static bool MayMove(SpareState from, SpareState to) => to switch
    {
        SpareState.None => from is SpareState.Parked or SpareState.Awaited,
        SpareState.Parked or SpareState.Awaited => from == SpareState.None,
        SpareState.Ended => from is SpareState.None or SpareState.Parked,
        _ => false,
    };
}
