using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using Sluice.Bytes;

namespace Sluice.Bench;

/// <summary>An item of an edge to bytes and back, against System.Text.Json: a record of about 100 bytes, and a block of 64 KiB
/// (which is text in JSON); the record also against code for it alone, the block against a mere copy of it.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ItemBenchmarks
{
    private readonly Item<Order> _record = new(new(42, 1L << 40, 19.99, new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc), "Annabel Lee-Middleton of Bond Street", "two boxes of matches, to the back door"));
    private readonly Item<byte[]> _block = new([.. Enumerable.Range(0, 64 << 10).Select(static i => (byte)i)]);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("record, write")]
    public int WriteRecord() => _record.Write();

    [Benchmark]
    [BenchmarkCategory("record, write")]
    public int WriteRecordByHand() => ByHand.Write(_record.Value, _record.Copy);

    [Benchmark]
    [BenchmarkCategory("record, write")]
    public int JsonWriteRecord() => JsonSerializer.SerializeToUtf8Bytes(_record.Value).Length;

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("record, read")]
    public object ReadRecord() => _record.Read();

    [Benchmark]
    [BenchmarkCategory("record, read")]
    public object ReadRecordByHand() => ByHand.Read(_record.Bytes);

    [Benchmark]
    [BenchmarkCategory("record, read")]
    public object? JsonReadRecord() => JsonSerializer.Deserialize<Order>(_record.Json);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("block, write")]
    public int WriteBlock() => _block.Write();

    [Benchmark]
    [BenchmarkCategory("block, write")]
    public int CopyBlock()
    {
        _block.Value.CopyTo(_block.Copy, 0);
        return _block.Copy.Length;
    }

    [Benchmark]
    [BenchmarkCategory("block, write")]
    public int JsonWriteBlock() => JsonSerializer.SerializeToUtf8Bytes(_block.Value).Length;

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("block, read")]
    public object ReadBlock() => _block.Read();

    [Benchmark]
    [BenchmarkCategory("block, read")]
    public object CopyBlockToNew() => _block.Value.AsSpan().ToArray();

    [Benchmark]
    [BenchmarkCategory("block, read")]
    public object? JsonReadBlock() => JsonSerializer.Deserialize<byte[]>(_block.Json);

    public sealed record Order(int Number, long Account, double Price, DateTime Time, string Customer, string Note);

    private sealed class Item<T>
    {
        private readonly ByteSink _sink = new();
        private readonly ByteSource _source = new([], 0, 0);
        private readonly ItemWriter<T> _writer = ItemCodecs.WriterOf<T>(new());
        private readonly ItemReader<T> _reader = ItemCodecs.ReaderOf<T>(new());

        internal Item(T value)
        {
            Value = value;
            Json = JsonSerializer.SerializeToUtf8Bytes(value);
            Write();
            Bytes = _sink.Written.ToArray();
            Copy = new byte[Bytes.Length];
        }

        internal T Value { get; }

        internal byte[] Json { get; }

        internal byte[] Bytes { get; }

        internal byte[] Copy { get; }

        internal int Write()
        {
            _sink.Clear();
            _writer.Write(_sink, Value);
            return _sink.Length;
        }

        internal T Read()
        {
            _source.Reset(Bytes, 0, Bytes.Length);
            return _reader.Read(_source);
        }
    }

    /// <summary>The same bytes, for texts that are ASCII and short.</summary>
    private static class ByHand
    {
        internal static int Write(Order order, Span<byte> to)
        {
            to[0] = 1;
            BinaryPrimitives.WriteInt64LittleEndian(to[1..], order.Account);
            var at = 9 + WriteText(order.Customer, to[9..]);
            at += WriteText(order.Note, to[at..]);
            BinaryPrimitives.WriteInt32LittleEndian(to[at..], order.Number);
            BinaryPrimitives.WriteDoubleLittleEndian(to[(at + 4)..], order.Price);
            BinaryPrimitives.WriteInt64LittleEndian(to[(at + 12)..], (order.Time.Ticks << 2) | (long)order.Time.Kind);
            return at + 20;
        }

        internal static Order Read(ReadOnlySpan<byte> from)
        {
            var account = BinaryPrimitives.ReadInt64LittleEndian(from[1..]);
            from = from[9..];
            var (customer, note) = (ReadText(ref from), ReadText(ref from));
            var time = BinaryPrimitives.ReadInt64LittleEndian(from[12..]);
            return new(BinaryPrimitives.ReadInt32LittleEndian(from), account, BinaryPrimitives.ReadDoubleLittleEndian(from[4..]), new DateTime(time >> 2, (DateTimeKind)(time & 3)), customer, note);
        }

        private static int WriteText(string text, Span<byte> to)
        {
            to[0] = (byte)((text.Length << 1) + 1);
            return 1 + Encoding.ASCII.GetBytes(text, to[1..]);
        }

        private static string ReadText(ref ReadOnlySpan<byte> from)
        {
            var length = from[0] >> 1;
            var text = Encoding.ASCII.GetString(from.Slice(1, length));
            from = from[(1 + length)..];
            return text;
        }
    }
}
