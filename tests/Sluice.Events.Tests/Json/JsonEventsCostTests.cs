using System.Text;

namespace Sluice.Tests;

/// <summary>Values that are not read cost at most the copy of their bytes.</summary>
public sealed class JsonEventsCostTests
{
    private const int Few = 10_000;
    private const int Many = 110_000;

    [Fact]
    public void Known_names_structure_words_and_short_values_cost_nothing() =>
        Assert.InRange(BytesForOne("""{"id":12345678,"kind":"bus","ok":true,"none":null,"gr\u00fcn":[]},"""), -0.5, 0.5);

    [Fact]
    public void A_long_value_costs_its_bytes() =>
        Assert.InRange(BytesForOne($$"""{"text":"{{new string('x', 200)}}"},"""), 200, 210);

    /// <summary>Read, compared and counted, but never made a string; the difference of two runs leaves out what is made once.</summary>
    private static double BytesForOne(string element)
    {
        var (few, many) = (Pipeline(element, Few), Pipeline(element, Many));
        Measure(few);
        return (Measure(many) - Measure(few)) / (double)(Many - Few);
    }

    private static Pipeline<long> Pipeline(string element, int count)
    {
        var json = Encoding.UTF8.GetBytes("[" + string.Concat(Enumerable.Repeat(element, count)) + "null]");
        return Pieces.Source([json]).Through(JsonEvents.Parse())
            .Where(e => e.IsName("id") || e.IsString("bus") || (e.TryGetInt64(out var number) && number > 0) || e.Depth < 3)
            .To(Sink.Count<JsonEvent>());
    }

    private static long Measure(Pipeline<long> pipeline)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = pipeline.RunAsync();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(run.IsCompletedSuccessfully, "The run left this thread, or failed.");
        return allocated;
    }
}
