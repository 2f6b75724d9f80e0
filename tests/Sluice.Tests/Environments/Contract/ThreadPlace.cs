namespace Sluice.Tests;

public sealed class ThreadPlace : Place
{
    public override Env Make(int capacity) => Env.Thread(capacity);
}
