using BenchmarkDotNet.Attributes;

namespace Sluice.Bench;

/// <summary>One line to a grep that is sent to by hand.</summary>
[MemoryDiagnoser]
public class GrepBenchmarks
{
    private const int Lines = 10_000;

    private readonly string[] _lines = new AccessLog(Lines).First(Lines);
    private readonly CountTarget<string> _found = new();
    private readonly Handler<string> _handler = new GrepHandler(new CountHandler<string>(), AccessLog.Pattern);
    private CoroutineTarget<string> _coroutine = null!;

    /// <summary>The coroutine serves all iterations.</summary>
    [GlobalSetup]
    public void Start() => _coroutine = Target.Start<string>(lines => Stages.Grep(lines, _found, AccessLog.Pattern));

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public async Task CloseAsync() => await _coroutine.CloseAsync();

    /// <summary>A virtual method.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Lines)]
    public void Handler()
    {
        foreach (var line in _lines)
        {
            _handler.Send(line);
        }
    }

    /// <summary>A coroutine.</summary>
    [Benchmark(OperationsPerInvoke = Lines)]
    public async Task Coroutine()
    {
        foreach (var line in _lines)
        {
            await _coroutine.SendAsync(line);
        }
    }
}
