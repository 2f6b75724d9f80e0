namespace Sluice;

/// <summary>The state of a node, in a frame of its own: one that is too large for a frame does not keep the others back. See docs/protocol.md.</summary>
internal static class StateFrame
{
    /// <summary>In place of a mark's number: it is stored, and the node goes on there.</summary>
    internal const long Stored = -1;

    /// <summary>In place of a mark's number: the node has ended with it, and so has the part.</summary>
    internal const long AtEnd = -2;

    internal static void Write(ByteSink to, long number, string node, ReadOnlySpan<byte> state)
    {
        to.WriteSigned(number);
        to.WriteText(node);
        to.WriteBytes(state);
    }

    internal static (long Number, string Node, byte[] State) Read(ByteSource from) => (from.ReadSigned(), from.ReadText(), from.ReadBytes(from.Left).ToArray());
}
