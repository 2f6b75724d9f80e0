namespace Sluice;

/// <summary>The kinds of frames between a pipeline's run and a segment elsewhere. See docs/protocol.md.</summary>
internal static class SegmentFrame
{
    // About the segment as a whole; channel 0.
    internal const byte Blueprint = 16;
    internal const byte Prepared = 17;
    internal const byte Go = 18;
    internal const byte Cancel = 19;
    internal const byte StopIntake = 20;
    internal const byte Failed = 21;
    internal const byte Ended = 22;
    internal const byte Status = 23;
    internal const byte Refused = 24;
    internal const byte EndWork = 25;
    internal const byte State = 26;
    internal const byte Mark = 27;
    internal const byte MarkPassed = 28;
    internal const byte MarkDropped = 29;
    internal const byte DropMark = 30;
    internal const byte ReleaseSources = 31;

    // About one edge; its channel.
    internal const byte Description = 32;
    internal const byte Control = 33;
    internal const byte Dealt = 34;
    internal const byte Credit = 35;
    internal const byte ReaderEnded = 36;
    internal const byte Settled = 37;
    internal const byte Opened = 38;

    /// <summary>Items, one after the other: frames of this kind join.</summary>
    internal const byte Items = 128;
}
