namespace Sluice.Contracts;

/// <summary>A thread of its own.</summary>
public sealed class ThreadPlace : Place
{
    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.Thread(capacity);
}
