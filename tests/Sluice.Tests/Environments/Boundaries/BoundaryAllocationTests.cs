namespace Sluice.Tests;

/// <summary>The allocations of an item on its way to another thread.</summary>
[Collection(WholeProcess.Name)]
public sealed class BoundaryAllocationTests
{
    private const int Few = 10_000;
    private const int Many = 1_000_000;

    [Fact]
    public async Task An_item_that_crosses_to_another_thread_and_back_allocates_nothing()
    {
        await Run(Many); // compiled, and with all its buffers
        var few = await Run(Few);
        var many = await Run(Many);

        // Each wait for the other side may cost something; an item may not.
        Assert.InRange((many - few) / (double)(Many - Few), double.NegativeInfinity, 1);
    }

    private static async Task<long> Run(int count)
    {
        var items = new long[count];
        var pipeline = Source.From(items).On(Env.Thread()).Through<long>(Stages.Pass).On(Env.Caller).To(Sink.Count<long>());
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(count, await Wait.For(pipeline.RunAsync()));
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
