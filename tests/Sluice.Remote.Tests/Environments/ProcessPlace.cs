namespace Sluice.Tests;

public sealed class ProcessPlace : Place
{
    public override bool IsRemote => true;

    public override Env Make(int capacity) => Env.Process(new ProcessOptions { Capacity = capacity, StartupTimeout = Wait.Limit, EndTimeout = Wait.Limit });
}
