namespace Sluice;

/// <summary>The control messages that cross an edge to another process, as the byte in a <see cref="SegmentFrame.Control"/> frame.
/// See docs/protocol.md.</summary>
internal enum ControlKind : byte
{
    Close,
    Fault,
    Throw,
    Mark,
}
