namespace Sluice.Tests.Portability;

/// <summary>Damaged streams of items: an error each time, or other items. Never another exception, a hang, or memory without
/// bounds. SLUICE_FUZZ=N runs N mutations for each kind of stream instead of 10,000.</summary>
public sealed class ItemFuzzTests
{
    private const long MostAllocated = 4_000_000;

    private static readonly int s_count = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ"), out var wanted) ? wanted : 10_000;

    [Fact]
    public void Mutated_records_are_refused_or_others() => Fuzz(1, new Order("Ann", 2.5m, [1, 2, 3], DateTime.UnixEpoch, true), new("€", 0, null, DateTime.MaxValue, null), null);

    [Fact]
    public void Mutated_nested_trees_are_refused_or_others() =>
        Fuzz<(List<Order?[]>, ReadOnlyMemory<int>, Dictionary<int, string>?[]?)>(2, ([[new("x", 1, [7], default, false), null], []], new[] { 1, 2 }, [new() { [1] = "a" }, null]));

    [Fact]
    public void Mutated_events_are_refused_or_others() => Fuzz<(XmlEvent, JsonEvent, LogEvent)>(
        3, (XmlEvent.ForStart("bus", new KeyValuePair<string, string>("id", "7")), JsonEvent.Create(JsonEventKind.String, "a longer text"), default), (XmlEvent.ForText("t"), default, default));

    [Fact]
    public void Mutated_graphs_are_refused_or_others()
    {
        var ring = new Ring { Name = "a" };
        ring.Next = new() { Name = "b", Next = ring };
        Fuzz<object>(4, ring, new object[] { ring, ring, 1.5, "x" }, new Dictionary<string, object> { ["k"] = new List<int> { 1, 2 }, ["r"] = ring });
    }

    [Fact]
    public void Mutated_coroutines_and_delegates_are_refused_or_others()
    {
        var offset = 3;
        Func<int, int> add = number => number + offset;
        Fuzz<object>(5, add, Target.Start<int>(static async items => { await foreach (var item in items) { _ = item; } }), new HashSet<(string, int[,])> { ("a", new int[2, 2]) });
    }

    [Fact]
    public void Mutated_items_of_an_own_codec_are_refused_or_others() => FuzzOwn<string?>(6, new OwnCodecTests.Backwards(), "abc", null, "x");

    [Fact]
    public void Mutated_descriptions_are_refused() => Seed.Run(7, random =>
    {
        var options = new SnapshotOptions();
        var original = ItemCodecs.DescriptionOf<(List<Order?[]>, Order)>(options);
        for (var i = 0; i < s_count; i++)
        {
            var bytes = Mutated(original, random);
            if (!bytes.AsSpan().SequenceEqual(original))
            {
                Assert.Throws<SnapshotException>(() => ItemCodecs.Verify<(List<Order?[]>, Order)>(bytes, options));
            }
        }
    });

    private static void Fuzz<T>(int seed, params T[] items) => FuzzOwn(seed, null, items);

    private static void FuzzOwn<T>(int seed, ItemCodec? own, params T[] items) => Seed.Run(seed, random =>
    {
        var options = new SnapshotOptions();
        var sink = new ByteSink();
        var writer = ItemCodecs.WriterOf<T>(options, own);
        foreach (var item in items)
        {
            writer.Write(sink, item);
        }

        var original = sink.Written.ToArray();
        Assert.True(TryRead<T>(original, items.Length, options, own));
        var (refused, read, most) = (0, 0, 0L);
        for (var i = 0; i < s_count; i++)
        {
            var bytes = Mutated(original, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            if (TryRead<T>(bytes, items.Length, options, own))
            {
                read++;
            }
            else
            {
                refused++;
            }

            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(refused, s_count / 100, s_count);
        Assert.InRange(read, 1, s_count);
        Assert.InRange(most, 0, MostAllocated);
    });

    private static bool TryRead<T>(byte[] bytes, int count, SnapshotOptions options, ItemCodec? own)
    {
        var reader = ItemCodecs.ReaderOf<T>(options, own);
        var source = new ByteSource(bytes, 0, bytes.Length);
        try
        {
            for (; count > 0; count--)
            {
                reader.Read(source);
            }

            return true;
        }
        catch (SnapshotException error)
        {
            Assert.NotEqual("", error.Message);
            return false;
        }
    }

    private static byte[] Mutated(byte[] original, Random random)
    {
        var bytes = new List<byte>(original);
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveAt(at);
                    break;
                case 3:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 4:
                    bytes.InsertRange(at, [0xFF, 0xFF, 0xFF, 0xFF, 0x07]);
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes[at] = bytes[random.Next(bytes.Count)];
                    break;
            }
        }

        return [.. bytes];
    }

    private sealed record Order(string Name, decimal Price, int[]? Parts, DateTime Time, bool? Paid);

    private sealed class Ring
    {
        internal string? Name;
        internal Ring? Next;
    }
}
