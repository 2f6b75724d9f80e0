using System.Text;

namespace Sluice.Tests;

/// <summary>A line costs its bytes; looking at fields that are no strings costs nothing.</summary>
public sealed class LogEventsCostTests
{
    private const string Line = "192.0.2.1 - - [22/Nov/2026:08:01:12 +0000] \"GET /swig/index.html HTTP/1.1\" 404 6237 \"-\" \"python\"\n";
    private const int Few = 10_000;
    private const int Many = 110_000;

    [Fact]
    public void A_line_costs_its_bytes()
    {
        var (few, many) = (Pipeline(Few), Pipeline(Many));
        Measure(few);

        Assert.InRange((Measure(many) - Measure(few)) / (double)(Many - Few), Line.Length - 1, Line.Length + 5);
    }

    private static Pipeline<long> Pipeline(int count)
    {
        var log = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Line, count)));
        return Pieces.Source([log]).Through(LogEvents.Parse())
            .Where(e => e.Status == 404 && e.Size > 0 && e.Time.Year == 2026 && e.Utf8.IndexOf("swig"u8) >= 0)
            .To(Sink.Count<LogEvent>());
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
