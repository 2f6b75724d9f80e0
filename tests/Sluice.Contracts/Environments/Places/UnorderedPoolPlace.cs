namespace Sluice.Contracts;

/// <summary>A pool of one thread, which is always the one with the fewest waiting.</summary>
public sealed class UnorderedPoolPlace : Place
{
    /// <inheritdoc/>
    public override bool TakesEnds => false;

    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.Threads(1, ordered: false, capacity);
}
