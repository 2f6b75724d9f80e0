namespace Sluice.Tests;

public sealed class ThreadPoolPlace : Place
{
    public override Env Make(int capacity) => Env.ThreadPool(capacity);
}
