using System.Reactive.Linq;
using System.Reactive.Subjects;
using BenchmarkDotNet.Attributes;

namespace Sluice.Bench;

/// <summary>One number through Where, Select, Where.</summary>
[MemoryDiagnoser]
public class OperatorBenchmarks
{
    private const int Items = 100_000;

    private readonly Subject<int> _subject = new();
    private readonly int[] _numbers = [.. Enumerable.Range(0, Items)];
    private Pipeline<long> _pipeline = null!;
    private long _count;

    /// <summary>Pipeline and subscription serve all iterations.</summary>
    [GlobalSetup]
    public void Build()
    {
        _pipeline = Source.From(_numbers).Where(static x => x >= 0).Select(static x => x + 1).Where(static x => x >= 0).To<long>(Stages.Count);
        _subject.Where(static x => x >= 0).Select(static x => x + 1).Where(static x => x >= 0).Subscribe(_ => _count++);
    }

    /// <summary>Ends the subscription.</summary>
    [GlobalCleanup]
    public void Dispose() => _subject.Dispose();

    /// <summary>System.Reactive.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Items)]
    public long Reactive()
    {
        foreach (var number in _numbers)
        {
            _subject.OnNext(number);
        }

        return _count;
    }

    /// <summary>Operators, source and sink included.</summary>
    [Benchmark(OperationsPerInvoke = Items)]
    public Task<long> Operators() => _pipeline.RunAsync();
}
