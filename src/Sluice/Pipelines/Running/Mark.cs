namespace Sluice;

/// <summary>A numbered cut through a run, while it passes the nodes: every item before it has been handled everywhere, none after it has (rule 13).</summary>
/// <remarks>The code that asks for a mark derives a class from this. Thread safety: a run in several places calls <see cref="Capture"/> from the strand of each of them, at the same time.</remarks>
internal abstract class Mark
{
    /// <summary>The number; greater than those of all marks of the run before.</summary>
    internal abstract long Number { get; }

    /// <summary>A node is at the cut: at rest, with all before the mark handled and nothing after it; or it has ended. Once for each node, within its strand.
    /// What this throws ends the mark without success.</summary>
    internal abstract void Capture(Node node);

    /// <summary>A node in another process is at the cut, and this is its state. Once for each node there, on any thread.</summary>
    /// <param name="node">The name of the node.</param>
    /// <param name="part">Its <see cref="Node.Part"/>.</param>
    /// <param name="state">The state.</param>
    internal abstract void Captured(string node, int part, byte[] state);

    /// <summary>It has passed all nodes. Once, or <see cref="Dropped"/>.</summary>
    internal abstract void Passed();

    /// <summary>It will not pass: it was aborted, a capture has thrown, or the run fails, is cancelled or has not begun.</summary>
    /// <param name="error">What a capture has thrown; else null.</param>
    internal abstract void Dropped(Exception? error);
}
