namespace Sluice.Tests;

/// <summary>Failures in a worker that take no notes. A worker whose stage had no memory left hung.</summary>
[Trait("Category", "Process")]
public sealed class OddExceptionsThereTests
{
    [Theory]
    [InlineData("read-only")]
    [InlineData("none")]
    [InlineData("throwing")]
    public async Task A_worker_tells_of_a_failure_that_takes_no_notes(string kind)
    {
        var run = Source.From([1, 2, 3]).On(Env.Process(new ProcessOptions { StartupTimeout = Wait.Limit })).Through<int>((items, next) => FaultyParts.DoAt(items, next, 2, () => throw Odd.Of(kind))).To(Sink.Count<int>()).RunAsync();

        Assert.IsType<Odd>(await Record.ExceptionAsync(() => Wait.For(run)), exactMatch: false);
    }
}
