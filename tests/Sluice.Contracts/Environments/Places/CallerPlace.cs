namespace Sluice.Contracts;

/// <summary>The way back to the caller: the items come from a thread.</summary>
public sealed class CallerPlace : Place
{
    /// <inheritdoc/>
    public override int Boundaries => 2;

    /// <inheritdoc/>
    public override int BoundariesBack => 0;

    /// <inheritdoc/>
    public override Env Make(int capacity) => Env.Caller;

    /// <inheritdoc/>
    public override Source<T> Enter<T>(Source<T> source, Env env, int capacity) =>
        source.On(Env.Thread(capacity)).Where(static _ => true).On(env);
}
