namespace Sluice;

/// <summary>An entry and the mark that has come in there.</summary>
/// <remarks>
/// <code>
/// state     to        by
/// Reading   Standing  Arrive: a mark has its turn
/// Standing  Frozen    Stop: the run knows of the mark
/// Standing  Reading   Thaw: the mark was given up before the run knew of it
/// Frozen    Reading   Thaw: it has passed the nodes behind the entry, or is given up
/// </code>
/// Owner: the strand of the entry.
/// </remarks>
internal enum EntryMarkState
{
    Reading,

    /// <summary>It reads no more until the mark is over.</summary>
    Standing,

    /// <summary>The same, and the run knows that it is at the mark.</summary>
    Frozen,
}

/// <summary>The table of <see cref="EntryMarkState"/>.</summary>
internal static class EntryMarkTransitions
{
    internal static bool MayMove(EntryMarkState from, EntryMarkState to) => to switch
    {
        EntryMarkState.Reading => from is EntryMarkState.Standing or EntryMarkState.Frozen,
        EntryMarkState.Standing => from == EntryMarkState.Reading,
        EntryMarkState.Frozen => from == EntryMarkState.Standing,
        _ => false,
    };
}
