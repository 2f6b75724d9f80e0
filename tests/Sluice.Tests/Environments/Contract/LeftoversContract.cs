namespace Sluice.Tests;

/// <summary>A hundred runs one after the other leave nothing behind. No other test runs beside these.</summary>
[Collection(MemoryTests.Name)]
public abstract class LeftoversContract : IDisposable
{
    private const int WarmUps = 8;
    private const int Runs = 100;

    private readonly Place _place;
    private readonly TemporaryFolder _temporary = new();
    private readonly string? _temporaryBefore = Environment.GetEnvironmentVariable("TMPDIR");

    private protected LeftoversContract(Place place)
    {
        _place = place;
        Environment.SetEnvironmentVariable("TMPDIR", _temporary.PathOf(""));
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("TMPDIR", _temporaryBefore);
        _place.Dispose();
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_hundred_runs_leave_no_thread_process_descriptor_or_file_behind_however_they_end()
    {
        for (var i = 0; i < WarmUps; i++)
        {
            await RunOnce(i);
        }

        var before = Leftovers.Measure(_temporary.PathOf(""));
        for (var i = 0; i < Runs; i++)
        {
            await RunOnce(i);
        }

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

    /// <summary>Each fourth run ends normally, early, by a failure, and by a cancellation.</summary>
    private async Task RunOnce(int number)
    {
        using var cancellation = new CancellationTokenSource();
        var source = Source.From(Enumerable.Range(0, 100).Where(static _ => true));
        var there = _place.Enter(source, _place.Make(8), 8).Through<int>(static (items, next) => Parts.FailAt(items, next, 50));
        var run = (number % 4) switch
        {
            0 => there.Where(static item => item < 50).On(Env.Caller).Take(20).To(Sink.Count<int>()).RunAsync(),
            1 => there.On(Env.Caller).To(Sink.Count<int>()).RunAsync(),
            2 => there.Select(item => Cancel(item, cancellation)).Named("cancels").On(_place.TakesEnds ? Env.Inline : Env.Caller).To(Sink.Count<int>()).RunAsync(new RunOptions { Placement = { ["cancels"] = Env.Caller } }, cancellation.Token),
            _ => _place.Enter(source, _place.Make(8), 8).Select(static item => item).On(_place.TakesEnds ? Env.Inline : Env.Caller).To(Sink.Count<int>()).RunAsync(),
        };

        await Wait.For(Task.WhenAny(run), "the end of a run");
        Assert.Equal((number % 4) switch { 1 => TaskStatus.Faulted, 2 => TaskStatus.Canceled, _ => TaskStatus.RanToCompletion }, run.Status);
    }

    private static int Cancel(int item, CancellationTokenSource cancellation)
    {
        cancellation.Cancel();
        return item;
    }
}
