using System.Buffers.Binary;

namespace Sluice.Durable;

/// <summary>Records that a <see cref="JournalStore"/> makes durable together.</summary>
/// <remarks>Thread safety: the journal fills one batch while the store writes another one; a store uses a batch only during the call that it came with.</remarks>
public sealed class JournalBatch
{
    /// <summary>The bytes before each record, of which the store of files fills in the second half.</summary>
    internal const int RecordHead = 8;

    /// <summary>Room before the first record, for the store of files.</summary>
    internal const int Head = 24;

    private const int SmallBuffer = 64 << 10;

    private byte[] _buffer = new byte[SmallBuffer];
    private int _end = Head;

    internal JournalBatch()
    {
    }

    /// <summary>The number of the first record.</summary>
    public long First { get; private set; }

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    /// <summary>The number that the record behind the last one gets.</summary>
    internal long End => First + Count;

    /// <summary>Room for the head, then each record behind its length and four free bytes.</summary>
    internal Span<byte> Bytes => _buffer.AsSpan(0, _end);

    /// <summary>Completes when the records are durable; null while no one waits for it.</summary>
    internal TaskCompletionSource? Durable { get; set; }

    /// <summary>The records in order.</summary>
    /// <returns>An enumerator that allocates nothing.</returns>
    public Enumerator GetEnumerator() => new(this);

    internal void Begin(long first)
    {
        (First, Count, _end, Durable) = (first, 0, Head, null);
    }

    internal bool HasRoom(int length, int limit) => Count == 0 || _end + RecordHead + (long)length <= limit;

    internal void Add(ReadOnlySpan<byte> record)
    {
        var end = _end + RecordHead + record.Length;
        if (end > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Max(end, Math.Min(2L * _buffer.Length, Array.MaxLength)));
        }

        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_end), record.Length);
        record.CopyTo(_buffer.AsSpan(_end + RecordHead));
        _end = end;
        Count++;
    }

    /// <summary>Goes through the records of a batch.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _bytes;
        private int _next;

        internal Enumerator(JournalBatch batch)
        {
            _bytes = batch.Bytes;
            _next = Head;
        }

        /// <summary>The record.</summary>
        public ReadOnlySpan<byte> Current { get; private set; }

        /// <summary>Goes to the next record.</summary>
        /// <returns>False behind the last one.</returns>
        public bool MoveNext()
        {
            if (_next == _bytes.Length)
            {
                return false;
            }

            Current = _bytes.Slice(_next + RecordHead, BinaryPrimitives.ReadInt32LittleEndian(_bytes[_next..]));
            _next += RecordHead + Current.Length;
            return true;
        }
    }
}
