namespace Sluice.Durable;

/// <summary>A node of the pipeline that a checkpoint was taken of.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Kind">The kind.</param>
/// <param name="IsNamed">Whether the program chose the name, so that another pipeline can have the node too.</param>
/// <param name="Targets">The names of the nodes that its edges lead to, in the order of the edges.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record StoredNode(string Name, NodeKind Kind, bool IsNamed, IReadOnlyList<string> Targets);
