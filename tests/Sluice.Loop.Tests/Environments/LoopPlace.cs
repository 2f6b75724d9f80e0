namespace Sluice.Tests;

/// <summary>An event loop, which runs on a thread of its own as long as the place is used.</summary>
public sealed class LoopPlace : Place
{
    private readonly Lazy<LoopThread> _loop = new(static () => new());

    public override Env Make(int capacity) => Env.Loop(_loop.Value.Loop, capacity);

    public override void Dispose()
    {
        if (_loop.IsValueCreated)
        {
            _loop.Value.Dispose();
        }

        base.Dispose();
    }
}
