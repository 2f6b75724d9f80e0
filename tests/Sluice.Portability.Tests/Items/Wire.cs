namespace Sluice.Tests.Portability;

/// <summary>A stream of items, as between two processes: one sink, one writer, one reader.</summary>
internal sealed class Wire<T>
{
    private readonly SnapshotOptions _options;
    private readonly ItemCodec? _own;
    private readonly ItemWriter<T> _writer;
    private readonly ItemReader<T> _reader;
    private readonly ByteSource _source = new([], 0, 0);

    internal Wire(SnapshotOptions? options = null, ItemCodec? own = null)
    {
        _options = options ?? new();
        _own = own;
        _writer = ItemCodecs.WriterOf<T>(_options, own);
        _reader = ItemCodecs.ReaderOf<T>(_options, own);
        ItemCodecs.Verify<T>(ItemCodecs.DescriptionOf<T>(_options, own), _options, own);
    }

    internal ByteSink Sink { get; } = new();

    /// <summary>Gets whether items are written without saying what they are.</summary>
    internal bool IsInline => _writer is InlineItemWriter<T>;

    internal byte[] Write(T item)
    {
        Sink.Clear();
        Sink.WriteByte(0x5A); // an item may begin anywhere
        _writer.Write(Sink, item);
        return Sink.Written[1..].ToArray();
    }

    internal void Add(T item) => _writer.Write(Sink, item);

    internal T Read(byte[] bytes)
    {
        _source.Reset([.. bytes, 0x5A], 0, bytes.Length + 1);
        var item = _reader.Read(_source);
        Assert.Equal(bytes.Length, _source.Position);
        return item;
    }

    internal T RoundTrip(T item) => Read(Write(item));

    /// <summary>Reads with another reader, which has seen nothing of the stream before.</summary>
    internal T ReadAnew(byte[] bytes)
    {
        var source = new ByteSource(bytes, 0, bytes.Length);
        return ItemCodecs.ReaderOf<T>(_options, _own).Read(source);
    }
}
