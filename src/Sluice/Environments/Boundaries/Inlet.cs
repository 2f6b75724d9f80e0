using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The reading end of an edge between two segments: a bounded ring between one writer and one reader, without
/// a lock, and the rare control messages at their places among the items.</summary>
/// <remarks>
/// <para>Each side has a counter that only it writes, and a copy of the other's, looked at again only when the copy says that
/// there is nothing to do: so the two hardly ever touch the same cache line.</para>
/// <para>The reader's wait is a <see cref="BoundaryWait"/>, for which a writer needs no fence. What comes from elsewhere comes in batches, so
/// there a fence for each batch (<see cref="WakeReaderOfBatch"/>) is the cheaper way.</para>
/// </remarks>
[DebuggerDisplay("{_shared.Head - _shared.Tail} of {_capacity} items")]
internal sealed class Inlet<T> : IInlet
{
    /// <summary>Fewer items than this are not worth a look at the writer's counter.</summary>
    private const int Few = 16;

    private readonly T[] _items;
    private readonly int _capacity;
    private readonly int _mask;

    /// <summary>The number of items that are taken at once at most: the rest of the ring is the writer's in that time.</summary>
    private readonly int _batch;
    private readonly ConcurrentQueue<InletControl> _controls = new();
    private volatile bool _hasControls;
    private volatile bool _isStopped;
    private RingCounters _shared;
    private BoundaryWait _reader;

    internal Inlet(int capacity)
    {
        _capacity = capacity;
        _items = new T[BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _items.Length - 1;
        _batch = Math.Clamp(capacity / 4, 1, SourceRun<T>.ChunkLength);
    }

    /// <summary>Set before anything is read; null forever if the sending segment could not be made.</summary>
    public IInletPeer? Peer { get; set; }

    internal int Capacity => _capacity;

    /// <summary>The number of items that were written. The writer's.</summary>
    internal long Written => _shared.Head;

    /// <summary>Items from here on would find room. Any side; the other one's changes in that moment are not in it.</summary>
    internal int Room => _capacity - (int)(Volatile.Read(ref _shared.Head) - Volatile.Read(ref _shared.Tail));

    /// <summary>The writer's. False if there is no room.</summary>
    internal bool TryWrite(T item)
    {
        var at = _shared.Head;
        if (at - _shared.TailSeen >= _capacity)
        {
            _shared.TailSeen = Volatile.Read(ref _shared.Tail);
            if (at - _shared.TailSeen >= _capacity)
            {
                return false;
            }
        }

        _items[(int)at & _mask] = item;
        Volatile.Write(ref _shared.Head, at + 1);
        AssertInvariants();
        return true;
    }

    /// <summary>The writer's: as many of the items as there is room for, seen by the reader at once.</summary>
    internal int Write(ReadOnlySpan<T> items)
    {
        if (items.IsEmpty)
        {
            return 0;
        }

        var at = _shared.Head;
        _shared.TailSeen = Volatile.Read(ref _shared.Tail);
        var count = Math.Min(items.Length, _capacity - (int)(at - _shared.TailSeen));
        var start = (int)at & _mask;
        var beforeWrap = Math.Min(count, _items.Length - start);
        items[..beforeWrap].CopyTo(_items.AsSpan(start));
        items[beforeWrap..count].CopyTo(_items);
        Volatile.Write(ref _shared.Head, at + count);
        AssertInvariants();
        return count;
    }

    /// <summary>The writer's: behind what it has written. <see cref="WakeReader"/> has to follow.</summary>
    internal void WriteControl(ControlMessage message, Action<Exception?>? done)
    {
        _controls.Enqueue(new(_shared.Head, message, done));
        _hasControls = true;
    }

    /// <summary>After a write: the reader goes on if it waits. Any thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WakeReader()
    {
        if (_reader.IsWaiting)
        {
            _reader.End();
        }
    }

    /// <summary>The same after a batch of writes, by a writer that is not near (<see cref="IInletPeer.IsNear"/>).</summary>
    internal void WakeReaderOfBatch()
    {
        Interlocked.MemoryBarrier(); // either this sees that the reader waits, or the reader sees the batch before it waits
        WakeReader();
    }

    /// <summary>Wakes the reader, to see that there is nothing more for it to do. Within its strand.</summary>
    public void Stop()
    {
        _isStopped = true;
        WakeReader();
    }

    /// <summary>The reader's: items that lie side by side.</summary>
    internal bool TryPeek(out Batch batch)
    {
        var tail = _shared.Tail;
        var count = Math.Min(Volatile.Read(ref _shared.Head) - tail, _batch);
        if (_hasControls && _controls.TryPeek(out var control))
        {
            Debug.Assert(control.Position >= tail, "A control message was passed by an item that comes after it.");
            count = Math.Min(count, control.Position - tail);
        }

        var start = (int)tail & _mask;
        batch = new(_items, start, Math.Min(start + (int)count, _items.Length), tail);
        return count > 0;
    }

    /// <summary>The reader's: what it has taken is handled.</summary>
    internal void Release(in Batch batch)
    {
        Debug.Assert(batch.Position == _shared.Tail, "Batches are released once, and in order.");
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            Array.Clear(_items, batch.Start, batch.Count);
        }

        Volatile.Write(ref _shared.Tail, batch.Position + batch.Count);
        AssertInvariants();
        Peer!.Released(batch.Count);
    }

    /// <summary>The reader's: the items before this position are handled.</summary>
    internal long Handled => _shared.Tail;

    /// <summary>The reader's: the items before this position may be read with <see cref="ItemAt"/>.</summary>
    internal long ReadableEnd
    {
        get
        {
            var end = Volatile.Read(ref _shared.Head); // first: a control message before one of these items is seen then
            return _hasControls && _controls.TryPeek(out var control) ? Math.Min(end, control.Position) : end;
        }
    }

    /// <summary>The reader's: the item at a position from <see cref="Handled"/> on, before <see cref="ReadableEnd"/>.</summary>
    internal ref readonly T ItemAt(long position) => ref _items[(int)position & _mask];

    /// <summary>The reader's: the items before this position are handled now.</summary>
    internal void ReleaseUntil(long position)
    {
        var at = _shared.Tail;
        Debug.Assert(at <= position && position <= Volatile.Read(ref _shared.Head), "What is released was written, and was not released before.");
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
        {
            for (var i = at; i < position; i++)
            {
                _items[(int)i & _mask] = default!;
            }
        }

        Volatile.Write(ref _shared.Tail, position);
        AssertInvariants();
        Peer!.Released((int)(position - at));
    }

    /// <summary>The reader's: a control message that comes before the next item. It stays there.</summary>
    internal bool TryPeekControl([NotNullWhen(true)] out InletControl? control) => _controls.TryPeek(out control) && control.Position == _shared.Tail;

    /// <summary>The reader's: the same, and takes it.</summary>
    internal bool TryTakeControl([NotNullWhen(true)] out InletControl? control)
    {
        if (TryPeekControl(out control))
        {
            _ = _controls.TryDequeue(out _);
            _hasControls = false;
            Interlocked.MemoryBarrier(); // one that comes just now is seen here, or sets the flag after this has reset it
            if (!_controls.IsEmpty)
            {
                _hasControls = true;
            }

            return true;
        }

        return false;
    }

    /// <summary>The reader's: waits until there is something, or <see cref="Stop"/>.</summary>
    internal WaitToReadAwaitable WaitToRead(Strand strand) => new(this, strand);

    /// <summary>Gets whether there is something for the reader, or it was stopped. The reader's.</summary>
    internal bool CanRead => Volatile.Read(ref _shared.Head) != _shared.Tail || _hasControls || _isStopped;

    private bool HasNewsSoon(Strand strand)
    {
        var rounds = _reader.RoundsOf(Peer!.IsNear, strand);
        if (rounds > 0 && Volatile.Read(ref _shared.Head) - _shared.Tail is > 0 and < Few)
        {
            ShortSpin.Pause(0); // a reader that looks after each item has the writer wait for the cache line each time
        }

        for (var round = 0; !CanRead; round++)
        {
            if (!BoundaryWait.MayLookAgain(round, rounds, strand))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Holds for both sides at any time. The order of the reads matters: the counters only grow, so one that is read later may be further on,
    /// and never behind.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        var tailSeen = Volatile.Read(ref _shared.TailSeen);
        var tail = Volatile.Read(ref _shared.Tail);
        var head = Volatile.Read(ref _shared.Head);
        Debug.Assert(tailSeen <= tail, "The writer has seen more room than the reader has made.");
        Debug.Assert(tail <= head, "More items were read than were written.");
    }

    /// <summary>The reader's, which waits at several inlets: calls <paramref name="wake"/> when something was written, once at least. A fence, and a look at
    /// <see cref="CanRead"/>, have to follow.</summary>
    internal void CallWhenWritten(Action wake) => _reader.Announce(wake);

    private void Park(Action reader)
    {
        _reader.Begin(reader, Peer!.IsNear);
        if (CanRead)
        {
            _reader.End();
        }
    }

    /// <summary>Items that lie side by side.</summary>
    internal readonly record struct Batch(T[] Items, int Start, int End, long Position)
    {
        internal int Count => End - Start;
    }

    /// <summary>A wait for something to read; used by the compiler.</summary>
    internal readonly struct WaitToReadAwaitable(Inlet<T> inlet, Strand strand) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => inlet.HasNewsSoon(strand);

        public WaitToReadAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => inlet.Park(continuation);

        public void UnsafeOnCompleted(Action continuation) => inlet.Park(continuation);
    }
}
