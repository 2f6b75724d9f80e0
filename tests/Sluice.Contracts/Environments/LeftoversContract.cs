using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Many runs in an environment, one after the other, leave no thread, process, descriptor or file behind. It takes Linux, whose <c>/proc</c> says what
/// there is. There are a hundred runs, or twenty if each starts a process: what one run leaves behind shows either way.</summary>
/// <remarks>It counts what is the whole process's, so no other test may run beside it: give your assembly a <c>[CollectionDefinition(LeftoversContract.Collection,
/// DisableParallelization = true)]</c>. A class that derives says nothing more of it.</remarks>
[Collection(Collection)]
public abstract class LeftoversContract : IDisposable
{
    /// <summary>The name of the collection of tests beside which no other runs.</summary>
    public const string Collection = WholeProcess.Name;

    private const int WarmUps = 8;

    private readonly Place _place;
    private readonly TemporaryFolder _temporary = new();
    private readonly string? _temporaryBefore = Environment.GetEnvironmentVariable("TMPDIR");

    /// <summary>Runs the suite for an environment.</summary>
    /// <param name="place">The environment. The suite disposes it after each test.</param>
    protected LeftoversContract(Place place)
    {
        _place = place;
        Environment.SetEnvironmentVariable("TMPDIR", _temporary.PathOf(""));
    }

    /// <summary>Ends the place, and sets the temporary folder back.</summary>
    public void Dispose()
    {
        Environment.SetEnvironmentVariable("TMPDIR", _temporaryBefore);
        _place.Dispose();
        _temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Runs_leave_no_thread_process_descriptor_or_file_behind_however_they_end()
    {
        for (var i = 0; i < WarmUps; i++)
        {
            await RunOnce(i);
        }

        var before = Leftovers.Measure(_temporary.PathOf(""));
        for (var i = 0; i < (_place.IsOtherProcess ? 20 : 100); i++)
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
