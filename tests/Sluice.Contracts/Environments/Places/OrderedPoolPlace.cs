namespace Sluice.Contracts;

/// <summary>A pool of one thread that takes turns with itself.</summary>
public sealed class OrderedPoolPlace : Place
{
    /// <inheritdoc/>
    public override bool TakesEnds => false;

    /// <inheritdoc/>
    public override bool TakesSeveralInputs => false;

    /// <summary>The end of each item's turn takes a place too.</summary>
    public override int RoomBack(int capacity) => capacity / 2;

    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.Threads(1, capacity: capacity);
}
