namespace Sluice;

/// <summary>Kinds of frames. Those below 16 are the wire's own and are not numbered; the others belong to the layer above.</summary>
internal static class FrameKind
{
    internal const byte Hello = 0;
    internal const byte Challenge = 1;
    internal const byte Proof = 2;
    internal const byte Welcome = 3;
    internal const byte Refusal = 4;
    internal const byte Ping = 5;
    internal const byte Pong = 6;
    internal const byte Acknowledgement = 7;
    internal const byte Continuation = 8;
    internal const byte Goodbye = 9;
    internal const byte Failure = 10;

    internal const byte FirstAbove = 16;
    internal const byte FirstJoined = 128;

    /// <summary>Returns whether the payload is one thing after the other, so that two frames mean the same as one with both payloads.</summary>
    internal static bool IsJoined(byte kind) => kind >= FirstJoined;

    internal static bool IsNumbered(byte kind) => kind >= FirstAbove;
}
