namespace Sluice.Tests;

/// <summary>Limits on the length of something hold before the memory is taken.</summary>
[Collection(WholeProcess.Name)]
public sealed class LinesMemoryTests
{
    private const int Length = 50_000_000;
    private const int Enough = Length / 2;

    [Fact]
    public async Task A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("lines.txt", new string('x', Length));
        var lines = Source.Lines(path, options: new() { MaxLineLength = 1000 }).To(Sink.ToList<string>());

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(lines.RunAsync()));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Enough);
    }
}
