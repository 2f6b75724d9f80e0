namespace Sluice.Tests;

/// <summary>A pool of one thread, which is always the one with the fewest waiting.</summary>
public sealed class UnorderedPoolPlace : Place
{
    public override bool TakesEnds => false;

    public override Env Make(int capacity) => Env.Threads(1, ordered: false, capacity);
}
