namespace Sluice.Tests;

/// <summary>The way back to the caller: the items come from a thread.</summary>
public sealed class CallerPlace : Place
{
    public override int Boundaries => 2;

    public override int BoundariesBack => 0;

    public override Env Make(int capacity) => Env.Caller;

    public override Source<T> Enter<T>(Source<T> source, Env env, int capacity) =>
        source.On(Env.Thread(capacity)).Where(static _ => true).On(env);
}
