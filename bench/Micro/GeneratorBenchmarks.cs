using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Sluice.Bench;

/// <summary>One step of a generator: against the compiler's iterators, against CPython's generators running the same loop,
/// and through 1 and 100 delegations.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class GeneratorBenchmarks
{
    private const int Steps = 100_000;

    private readonly IEnumerator<int> _iterator = Iterate().GetEnumerator();
    private readonly Generator<int> _counting = Generator.Start<int>(CountUp);
    private readonly Generator<int, int> _echo = Started(Echo);
    private readonly Generator<int, int> _nested1 = Started(exchange => Nested(exchange, 1));
    private readonly Generator<int, int> _nested100 = Started(exchange => Nested(exchange, 100));
    private readonly Generator<int, int> _delegating1 = Started(exchange => Delegating(exchange, 1));
    private readonly Generator<int, int> _delegating100 = Started(exchange => Delegating(exchange, 100));
    private CPython _python = null!;

    /// <summary>Starts python3 for the loops that are its own.</summary>
    [GlobalSetup(Targets = [nameof(CPythonNext), nameof(CPythonSend)])]
    public void StartPython() => _python = CPython.StartScript();

    /// <summary>Ends it.</summary>
    [GlobalCleanup(Targets = [nameof(CPythonNext), nameof(CPythonSend)])]
    public void EndPython() => _python.Dispose();

    /// <summary>The compiler's own iterator.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public long IteratorMoveNext()
    {
        var sum = 0L;
        for (var i = 0; i < Steps; i++)
        {
            _iterator.MoveNext();
            sum += _iterator.Current;
        }

        return sum;
    }

    /// <summary>A generator without input.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public long Next()
    {
        var sum = 0L;
        for (var i = 0; i < Steps; i++)
        {
            sum += _counting.Next();
        }

        return sum;
    }

    /// <summary>A generator that takes values: a round trip.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public long Send() => SendTo(_echo);

    /// <summary>CPython's generator without input.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public long CPythonNext() => _python.Run("next", Steps);

    /// <summary>CPython's generator that takes values.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("step")]
    public long CPythonSend() => _python.Run("send", Steps);

    /// <summary>A round trip without delegation, for comparison.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Steps)]
    [BenchmarkCategory("delegation")]
    public long SendDirect() => SendTo(_echo);

    /// <summary>Through one coroutine with the same exchange.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("delegation")]
    public long AwaitDepth1() => SendTo(_nested1);

    /// <summary>Through a hundred of them.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("delegation")]
    public long AwaitDepth100() => SendTo(_nested100);

    /// <summary>Through one generator of its own.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("delegation")]
    public long YieldFromDepth1() => SendTo(_delegating1);

    /// <summary>Through a hundred of them.</summary>
    [Benchmark(OperationsPerInvoke = Steps)]
    [BenchmarkCategory("delegation")]
    public long YieldFromDepth100() => SendTo(_delegating100);

    private static long SendTo(Generator<int, int> generator)
    {
        var sum = 0L;
        for (var i = 0; i < Steps; i++)
        {
            sum += generator.Send(i);
        }

        return sum;
    }

    private static Generator<int, int> Started(Func<Exchange<int, int>, Coroutine> body)
    {
        var generator = Generator.Start(body);
        generator.Next();
        return generator;
    }

    private static IEnumerable<int> Iterate()
    {
        var value = 0;
        while (true)
        {
            yield return value++;
        }
    }

    private static async Coroutine CountUp(Exchange<int> exchange)
    {
        var value = 0;
        while (true)
        {
            await exchange.Yield(value++);
        }
    }

    private static async Coroutine Echo(Exchange<int, int> exchange)
    {
        var value = 0;
        while (true)
        {
            value = await exchange.Yield(value);
        }
    }

    private static async Coroutine Nested(Exchange<int, int> exchange, int depth) =>
        await (depth == 0 ? Echo(exchange) : Nested(exchange, depth - 1));

    private static async Coroutine Delegating(Exchange<int, int> exchange, int depth) =>
        await (depth == 0 ? Echo(exchange) : exchange.YieldFrom(Generator.Start<int, int>(inner => Delegating(inner, depth - 1))));
}
