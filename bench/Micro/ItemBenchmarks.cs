using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;

namespace Sluice.Bench;

/// <summary>An item of an edge to bytes and back, against System.Text.Json: a record of about 100 bytes, and a block of 64 KiB
/// (which is text in JSON); the block also against a mere copy of it.</summary>
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
    public int JsonWriteRecord() => JsonSerializer.SerializeToUtf8Bytes(_record.Value).Length;

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("record, read")]
    public object ReadRecord() => _record.Read();

    [Benchmark]
    [BenchmarkCategory("record, read")]
    public object? JsonReadRecord() => JsonSerializer.Deserialize<Order>(_record.Json);

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("block, write")]
    public int WriteBlock() => _block.Write();

    [Benchmark]
    [BenchmarkCategory("block, write")]
    public int CopyToWriteBlock() => _block.CopyTo(_block.Value);

    [Benchmark]
    [BenchmarkCategory("block, write")]
    public int JsonWriteBlock() => JsonSerializer.SerializeToUtf8Bytes(_block.Value).Length;

    [Benchmark(Baseline = true)]
    [BenchmarkCategory("block, read")]
    public object ReadBlock() => _block.Read();

    [Benchmark]
    [BenchmarkCategory("block, read")]
    public object CopyToReadBlock() => _block.Value.AsSpan().ToArray();

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
        private readonly byte[] _bytes;
        private readonly byte[] _copy;

        internal Item(T value)
        {
            Value = value;
            Json = JsonSerializer.SerializeToUtf8Bytes(value);
            Write();
            _bytes = _sink.Written.ToArray();
            _copy = new byte[_bytes.Length];
        }

        internal T Value { get; }

        internal byte[] Json { get; }

        internal int Write()
        {
            _sink.Clear();
            _writer.Write(_sink, Value);
            return _sink.Length;
        }

        internal T Read()
        {
            _source.Reset(_bytes, 0, _bytes.Length);
            return _reader.Read(_source);
        }

        internal int CopyTo(byte[] block)
        {
            block.CopyTo(_copy, 0);
            return block.Length;
        }
    }
}
