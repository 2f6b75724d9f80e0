using System.Buffers;
using System.Buffers.Binary;

namespace Sluice;

/// <summary>Items that a codec of the user writes: their length, and its bytes.</summary>
internal sealed class OwnItemWriter<T>(ItemCodec<T> codec) : ItemWriter<T>
{
    /// <summary>Instead of a length.</summary>
    internal const uint Null = uint.MaxValue;

    private readonly Buffer _buffer = new();

    internal override void Write(ByteSink to, T item)
    {
        if (item is null)
        {
            to.WriteFixed32(Null);
            return;
        }

        var start = to.Length;
        to.WriteFixed32(0);
        _buffer.Sink = to;
        try
        {
            codec.Write(item, _buffer);
            BinaryPrimitives.WriteInt32LittleEndian(to.At(start, sizeof(int)), to.Length - start - sizeof(int));
        }
        catch
        {
            to.Rewind(start);
            throw;
        }
        finally
        {
            _buffer.Sink = null;
        }
    }

    /// <summary>The target that the codec writes to: the sink, as long as the call lasts.</summary>
    private sealed class Buffer : IBufferWriter<byte>
    {
        private int _room;

        internal ByteSink? Sink
        {
            get => field ?? throw new InvalidOperationException("An item can be written only while its codec is called.");
            set
            {
                field = value;
                _room = 0;
            }
        }

        public void Advance(int count)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)_room, nameof(count));
            Sink!.Take(count);
            _room -= count;
        }

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
            var room = Sink!.Room(Math.Max(sizeHint, 1));
            _room = room.Length;
            return room;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}

internal sealed class OwnItemReader<T>(ItemCodec<T> codec) : ItemReader<T>
{
    internal override T Read(ByteSource from)
    {
        try
        {
            var length = from.ReadFixed32();
            return length == OwnItemWriter<T>.Null && default(T) is null
                ? default!
                : codec.Read(from.ReadBytes(length <= int.MaxValue ? (int)length : throw ByteSource.Truncated()));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new SnapshotException($"The codec '{codec.GetType()}' cannot read an item of type '{typeof(T)}'. See the inner exception.", error);
        }
    }
}
