namespace Sluice.Contracts;

/// <summary>The thread pool.</summary>
public sealed class ThreadPoolPlace : Place
{
    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.ThreadPool(capacity);
}
