namespace Sluice;

/// <summary>A source and the mark that is on its way to it.</summary>
/// <remarks>
/// <code>
/// state       to          by
/// Free        Asked       WatchRest: a mark has come to it
/// Asked       Free        WatchRest: that is taken back
/// Asked       Frozen      Stop: at a place where it may
/// Frozen      Free        Thaw
/// Frozen      AskedAgain  WatchRest: the next mark comes while it is held behind the one before
/// AskedAgain  Frozen      WatchRest: that is taken back; Stop
/// AskedAgain  Asked       Thaw
/// </code>
/// Owner: the strand.
/// </remarks>
internal enum SourceMarkState
{
    /// <summary>It goes on. A send looks at this alone.</summary>
    Free,

    /// <summary>It has to stop at the next place where it may.</summary>
    Asked,

    /// <summary>It stands still.</summary>
    Frozen,

    /// <summary>It stands still, and has to say so.</summary>
    AskedAgain,
}

/// <summary>An array that a source sends.</summary>
internal enum SourceSendState
{
    None,

    /// <summary>Some of its items are handed over.</summary>
    UnderWay,

    /// <summary>The same, and the chunk that is under way may have been ended by a mark.</summary>
    Cut,
}

/// <summary>The table of <see cref="SourceMarkState"/>.</summary>
internal static class SourceMarkTransitions
{
    internal static bool MayMove(SourceMarkState from, SourceMarkState to) => to switch
    {
        SourceMarkState.Free => from is SourceMarkState.Asked or SourceMarkState.Frozen,
        SourceMarkState.Asked => from is SourceMarkState.Free or SourceMarkState.AskedAgain,
        SourceMarkState.Frozen => from is SourceMarkState.Asked or SourceMarkState.AskedAgain,
        SourceMarkState.AskedAgain => from == SourceMarkState.Frozen,
        _ => false,
    };
}
