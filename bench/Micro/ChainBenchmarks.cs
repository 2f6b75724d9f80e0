using BenchmarkDotNet.Attributes;

namespace Sluice.Bench;

/// <summary>One number through a pipeline of pass-through coroutines.</summary>
[MemoryDiagnoser]
public class ChainBenchmarks
{
    private const int Items = 100_000;

    private readonly int[] _numbers = [.. Enumerable.Range(0, Items)];
    private Pipeline<long> _pipeline = null!;

    /// <summary>The number of stages in a row.</summary>
    [Params(1, 4, 16)]
    public int Length { get; set; }

    /// <summary>The blueprint serves all iterations.</summary>
    [GlobalSetup]
    public void Build()
    {
        var source = Source.From(_numbers);
        for (var i = 0; i < Length; i++)
        {
            source = source.Through<int>(Stages.Pass);
        }

        _pipeline = source.To<long>(Stages.Count);
    }

    /// <summary>The whole chain, source and sink included.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public Task<long> Chain() => _pipeline.RunAsync();
}
