namespace Sluice.Durable;

/// <summary>The amount that one node has in a checkpoint.</summary>
/// <param name="Node">The node's name.</param>
/// <param name="Keys">The number of keys with a state.</param>
/// <param name="StateBytes">The bytes of its states, those of its keys included.</param>
/// <param name="PositionBytes">The bytes of its positions.</param>
/// <param name="StagedBytes">The bytes of its staged output.</param>
public sealed record NodeSize(string Node, long Keys, long StateBytes, long PositionBytes, long StagedBytes);
