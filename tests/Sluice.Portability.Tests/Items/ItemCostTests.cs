using System.Numerics;
using System.Text;

namespace Sluice.Tests.Portability;

public sealed class ItemCostTests
{
    [Fact]
    public void Writing_a_tree_allocates_nothing()
    {
        Assert.Equal(0, AllocatedBy(new Everything(
            1, 2, 3, 4, 'x', 5.5f, 6.5, 7.5m, true, DateTime.UnixEpoch, DateTimeOffset.UnixEpoch, TimeSpan.FromDays(1), new DateOnly(2020, 1, 1), new TimeOnly(1, 2),
            Guid.Empty, BigInteger.Pow(3, 100), DayOfWeek.Friday, null, 8, "latin", "wide €", (1, "pair"), new("inner", null), [1, 2, 3], [new("a", [1.5])], ["x", null])));
    }

    [Fact]
    public async Task Writing_blocks_and_events_allocates_nothing()
    {
        using var xml = new MemoryStream("<bus id='value'>some text</bus>"u8.ToArray());
        var events = await Utf8Xml.Read(xml).To(Sink.ToList<XmlEvent>()).RunAsync();

        Assert.Equal(0, AllocatedBy(new byte[64 << 10]));
        Assert.Equal(0, AllocatedBy((ReadOnlyMemory<byte>)new byte[64 << 10]));
        Assert.Equal(0, AllocatedBy(events[0]));
        Assert.Equal(0, AllocatedBy(events[1]));
        Assert.Equal(0, AllocatedBy(JsonEvent.Create(JsonEventKind.String, "some text")));
        Assert.True(LogEvent.TryParse(Encoding.ASCII.GetBytes("h - - [10/Oct/2000:13:55:36 -0700] \"GET / HTTP/1.0\" 200 23"), out var line));
        Assert.Equal(0, AllocatedBy(line));
    }

    [Fact]
    public void Reading_allocates_the_item_and_no_more()
    {
        var wire = new Wire<byte[]>();
        var bytes = wire.Write(new byte[64 << 10]);
        var reader = ItemCodecs.ReaderOf<byte[]>(new());
        var source = new ByteSource([], 0, 0);
        Assert.Equal(64 << 10, Read().Length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 64 << 10, (64 << 10) + 64);

        byte[] Read()
        {
            source.Reset(bytes, 0, bytes.Length);
            return reader.Read(source);
        }
    }

    private static long AllocatedBy<T>(T item)
    {
        var writer = ItemCodecs.WriterOf<T>(new());
        Assert.IsType<InlineItemWriter<T>>(writer);
        var sink = new ByteSink();
        Write(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Write(1000);
        return GC.GetAllocatedBytesForCurrentThread() - before;

        void Write(int times)
        {
            for (; times > 0; times--)
            {
                sink.Clear();
                writer.Write(sink, item);
            }
        }
    }

    private sealed record Everything(
        byte B, short S, int I, long L, char C, float F, double D, decimal M, bool Yes, DateTime Time, DateTimeOffset Offset, TimeSpan Span, DateOnly Date, TimeOnly Clock,
        Guid Id, BigInteger Big, DayOfWeek Day, int? None, long? Some, string Latin, string Wide, (int, string) Pair, Inner Object, List<int> List, Inner[] Objects, string?[] Texts);

    private sealed record Inner(string Name, double[]? Numbers);
}
