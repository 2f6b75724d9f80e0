namespace Sluice.Contracts;

/// <summary>A thread behind a boundary that holds one item: nothing is ever side by side.</summary>
public sealed class NarrowThreadPlace : Place
{
    /// <inheritdoc/>
    public override int? OnlyCapacity => 1;

    /// <summary>Each item is handed from one thread to the other by itself.</summary>
    public override int Many => 5_000;

    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.Thread(1);
}
