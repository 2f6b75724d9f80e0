namespace Sluice;

/// <summary>The control messages that cross an edge to another process, as the byte in a <see cref="SegmentFrame.Signal"/> frame.
/// See docs/protocol.md.</summary>
internal enum SignalKind : byte
{
    Close,
    Fault,
    Throw,
}
