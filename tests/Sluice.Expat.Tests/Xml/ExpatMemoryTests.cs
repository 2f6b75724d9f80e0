using System.Text;

namespace Sluice.Tests;

/// <summary>The length of a document takes no memory.</summary>
[Collection(WholeProcess.Name)]
public sealed class ExpatMemoryTests
{
    [Fact]
    public async Task Events_of_a_long_document_take_no_more_memory_than_those_of_a_short_one()
    {
        const int Events = 2_000_000;
        var bus = (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<bus id='1'><route>22</route>North Bound</bus>\n", 1000)));
        var document = Enumerable.Repeat(bus, int.MaxValue).Prepend("<buses>"u8.ToArray());
        var (count, early, late) = (0, 0L, 0L);

        await Wait.For((Source.From(document) | Expat.Parse() | Stage.Take<XmlEvent>(Events) | Sink.ForEach<XmlEvent>(_ => Look())).RunAsync());

        Assert.InRange(late - early, -25_000_000, 2_000_000);

        void Look()
        {
            count++;
            early = count == Events / 100 ? GC.GetTotalMemory(forceFullCollection: true) : early;
            late = count == Events ? GC.GetTotalMemory(forceFullCollection: true) : late;
        }
    }
}
