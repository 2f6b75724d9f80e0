namespace Sluice.Tests;

public sealed class InlinePlace : Place
{
    public override int Boundaries => 0;

    public override int BoundariesBack => 0;

    public override Env Make(int capacity) => Env.Inline;
}
