namespace Sluice;

/// <summary>A numbered cut through a run, while it passes the nodes: every item before it has been handled everywhere, none after it has (rule 13).</summary>
/// <remarks>Whoever asks for it derives this. Its members are called within the strand of the run that it passes.</remarks>
internal abstract class Mark
{
    /// <summary>A node is at the cut: at rest, with all before the mark handled and nothing after it. What this throws ends the mark without success.</summary>
    internal abstract void Capture(Node node);

    /// <summary>It has passed all nodes of the run that had not ended before.</summary>
    internal abstract void Passed(Run run);

    /// <summary>It will not pass: it was aborted, a capture has thrown, or the run fails, is cancelled or ends.</summary>
    /// <param name="error">What a capture has thrown; else null.</param>
    internal abstract void Dropped(Exception? error);
}
