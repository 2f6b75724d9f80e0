namespace Sluice.Tests;

/// <summary>A thread behind a boundary that holds one item: nothing is ever side by side.</summary>
public sealed class NarrowThreadPlace : Place
{
    public override int? OnlyCapacity => 1;

    /// <summary>Each item is handed from one thread to the other by itself.</summary>
    public override int Many => 5_000;

    public override Env Make(int capacity) => Env.Thread(1);
}
