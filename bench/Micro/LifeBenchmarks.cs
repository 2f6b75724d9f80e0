using BenchmarkDotNet.Attributes;

namespace Sluice.Bench;

/// <summary>Starting a coroutine by hand and ending it.</summary>
[MemoryDiagnoser]
public class LifeBenchmarks
{
    private static readonly Func<Inbox<int>, Coroutine> s_sink = Ignore;

    /// <summary>Only started: it is left to the collector, as nothing else holds it.</summary>
    [Benchmark]
    public CoroutineTarget<int> Start() => Target.Start(s_sink);

    /// <summary>Its loop ends and so does the coroutine.</summary>
    [Benchmark]
    public async Task StartAndClose() => await Target.Start(s_sink).CloseAsync();

    private static async Coroutine Ignore(Inbox<int> items)
    {
        await foreach (var _ in items)
        {
        }
    }
}
