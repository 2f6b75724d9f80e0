namespace Sluice;

/// <summary>The position of an edge: what was sent along it, and how much of that was handled. Counted from the edge's beginning,
/// also across a restart of one of its sides.</summary>
internal sealed record EdgePosition(long SentItems, long SentBytes, long TakenItems, long TakenBytes)
{
    internal static readonly EdgePosition Start = new(0, 0, 0, 0);
}
