using System.Text;
using System.Xml;

namespace Sluice.Tests;

/// <summary>Limits on the length of something hold before the memory is taken.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)] // measures the whole process: no other test runs beside it
public sealed class MemoryTests
{
    private const string Name = "Whole process";
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

    [Fact]
    public async Task A_text_without_end_is_refused_before_it_fills_the_memory()
    {
        using var xml = new MemoryStream(Encoding.UTF8.GetBytes("<a>" + new string('x', Length)));
        var events = XmlEvents.Read(xml, new() { MaxTextLength = 1000 }).To(Sink.Count<XmlEvent>());

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<XmlException>(() => Wait.For(events.RunAsync()));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Enough);
    }
}
