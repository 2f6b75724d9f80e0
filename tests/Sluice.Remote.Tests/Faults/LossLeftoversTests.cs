namespace Sluice.Tests;

/// <summary>Workers that are killed leave nothing behind. No other test runs beside these.</summary>
[Trait("Category", "Process")]
[Collection(WholeProcess.Name)]
[Trait("Configuration", "Release")]
public sealed class LossLeftoversTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly string? _temporaryBefore = Environment.GetEnvironmentVariable("TMPDIR");
    private readonly MarkedWorkers _workers = new();

    public LossLeftoversTests() => Environment.SetEnvironmentVariable("TMPDIR", _temporary.PathOf(""));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("TMPDIR", _temporaryBefore);
        _temporary.Dispose();
    }

    [Fact]
    public async Task Workers_that_are_killed_leave_no_thread_process_descriptor_or_file_behind()
    {
        await RunKilled(3);
        var before = Leftovers.Measure(_temporary.PathOf(""));
        await RunKilled(12);

        var after = before;
        try
        {
            await Wait.Until(() => (after = Leftovers.Measure(_temporary.PathOf(""))).IsNoMoreThan(before), "everything to be gone");
        }
        catch (TimeoutException)
        {
            Assert.Fail($"There were {before}. Now there are {after}.");
        }
    }

    /// <summary>By turns while it starts, while items flow, and with a restart that is used up too.</summary>
    private async Task RunKilled(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var env = Env.Process(_workers.Mark(new ProcessOptions { MaxRestarts = i % 3 == 2 ? 1 : 0, StartupTimeout = Wait.Limit }));
            var run = Source.From(new Numbers().Endless().Select(item => KillAt(item, i % 3 != 0 && item % 5000 == 4999))).On(env).Through<int>(FaultyParts.Triple).On(Env.Caller).To(Sink.Count<int>()).RunAsync();
            if (i % 3 == 0)
            {
                await Wait.Until(() => _workers.Running.Count > 0, "a worker");
                _workers.Kill();
            }

            await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(run));
        }
    }

    private int KillAt(int item, bool isTime)
    {
        if (isTime)
        {
            _workers.Kill();
        }

        return item;
    }
}
