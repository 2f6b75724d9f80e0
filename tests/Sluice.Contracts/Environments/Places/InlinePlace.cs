namespace Sluice.Contracts;

/// <summary>The part runs where its input comes from: there is no boundary.</summary>
public sealed class InlinePlace : Place
{
    /// <inheritdoc/>
    public override int Boundaries => 0;

    /// <inheritdoc/>
    public override int BoundariesBack => 0;

    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.Inline;
}
