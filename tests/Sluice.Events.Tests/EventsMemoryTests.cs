using System.Text;
using System.Text.Json;
using System.Xml;

namespace Sluice.Tests;

/// <summary>Neither the length of a document nor that of something in it takes memory.</summary>
[Collection(WholeProcess.Name)]
public sealed class EventsMemoryTests
{
    private const int Length = 50_000_000;
    private const int Enough = Length / 2;

    [Fact]
    public async Task A_text_without_end_is_refused_before_it_fills_the_memory()
    {
        using var xml = new MemoryStream(Encoding.UTF8.GetBytes("<a>" + new string('x', Length)));
        var events = XmlEvents.Read(xml, new() { MaxTextLength = 1000 }).To(Sink.Count<XmlEvent>());

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<XmlException>(() => Wait.For(events.RunAsync()));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Enough);
    }

    [Fact]
    public async Task A_JSON_string_without_end_is_refused_before_it_fills_the_memory()
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes("[\"" + new string('x', Length)));
        var events = JsonEvents.Read(json, new() { MaxTokenLength = 1000 }).To(Sink.Count<JsonEvent>());

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<JsonException>(() => Wait.For(events.RunAsync()));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Enough);
    }

    /// <summary>Each object has a name of its own and a text, so any of them that is kept would show.</summary>
    [Fact]
    public async Task Memory_does_not_grow_with_the_length_of_a_JSON_document()
    {
        const int Objects = 400_000;
        var pieces = Enumerable.Range(0, Objects).Select(i => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes($"{{\"name of {i}\":\"{new string('x', 100)}\"}}\n")));
        var (seen, early, late) = (0, 0L, 0L);
        var names = Source.From(pieces).Through(JsonEvents.Parse(new() { AllowMultipleValues = true })).Where(e => e.Kind == JsonEventKind.Name);

        await Wait.For(names.To(Sink.ForEach<JsonEvent>(_ =>
        {
            seen++;
            early = seen == Objects / 10 ? GC.GetTotalMemory(forceFullCollection: true) : early;
            late = seen == Objects ? GC.GetTotalMemory(forceFullCollection: true) : late;
        })).RunAsync());

        Assert.Equal(Objects, seen);
        Assert.InRange(late - early, long.MinValue, 1 << 20);
    }

    [Fact]
    public async Task Events_of_a_long_document_take_no_more_memory_than_those_of_a_short_one()
    {
        const int Events = 2_000_000;
        var bus = (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<bus id='1'><route>22</route>North Bound</bus>\n", 1000)));
        var document = Enumerable.Repeat(bus, int.MaxValue).Prepend("<buses>"u8.ToArray());
        var (count, early, late) = (0, 0L, 0L);
        await Wait.Until(static () => GC.GetTotalMemory(forceFullCollection: true) < 2 * Length, "the end of what the test before has kept"); // a text of so many bytes

        await Wait.For((Source.From(document) | Utf8Xml.Parse() | Stage.Take<XmlEvent>(Events) | Sink.ForEach<XmlEvent>(_ => Look())).RunAsync());

        Assert.Equal(Events, count);
        Assert.InRange(late - early, -Enough, 2_000_000);

        void Look()
        {
            count++;
            early = count == Events / 100 ? GC.GetTotalMemory(forceFullCollection: true) : early;
            late = count == Events ? GC.GetTotalMemory(forceFullCollection: true) : late;
        }
    }
}
