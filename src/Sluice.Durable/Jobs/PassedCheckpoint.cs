namespace Sluice.Durable;

/// <summary>A checkpoint whose mark has passed all nodes.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Name">The name under which it is kept, or null.</param>
/// <param name="Mark">What the mark has found.</param>
internal sealed record PassedCheckpoint(long Number, string? Name, PassedMark Mark)
{
    /// <summary>The sources that wait for it, to acknowledge or to trim.</summary>
    internal IEnumerable<ICommitListener> Listeners => Mark.Listeners.Values;
}
