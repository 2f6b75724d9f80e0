using BenchmarkDotNet.Attributes;

namespace Sluice.Bench;

/// <summary>One item that a coroutine receives itself, or has a child receive.</summary>
[MemoryDiagnoser]
public class DelegationBenchmarks
{
    private const int Items = 10_000;

    private readonly CountTarget<int> _counted = new();
    private CoroutineTarget<int> _direct = null!;
    private CoroutineTarget<int> _delegating = null!;

    /// <summary>The coroutines serve all iterations.</summary>
    [GlobalSetup]
    public void Start()
    {
        _direct = Target.Start<int>(items => Receive(items, _counted));
        _delegating = Target.Start<int>(items => Delegate(items, _counted));
    }

    /// <summary>Ends them.</summary>
    [GlobalCleanup]
    public async Task CloseAsync()
    {
        await _direct.CloseAsync();
        await _delegating.CloseAsync();
    }

    /// <summary>Without a child.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Items)]
    public Task Direct() => SendAsync(_direct);

    /// <summary>With a child coroutine for each item.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public Task Delegated() => SendAsync(_delegating);

    private static async Task SendAsync(CoroutineTarget<int> target)
    {
        for (var i = 0; i < Items; i++)
        {
            await target.SendAsync(i);
        }
    }

    private static async Coroutine Receive(Inbox<int> items, Target<int> next)
    {
        while (true)
        {
            await next.SendAsync(await items.ReceiveAsync());
        }
    }

    private static async Coroutine Delegate(Inbox<int> items, Target<int> next)
    {
        while (true)
        {
            await next.SendAsync(await ReceiveOne(items));
        }
    }

    private static async Coroutine<int> ReceiveOne(Inbox<int> items) => await items.ReceiveAsync();
}
