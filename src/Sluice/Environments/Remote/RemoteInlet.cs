using System.Collections.Concurrent;

namespace Sluice;

/// <summary>An edge from a segment elsewhere: what is received goes into the ring, for which the sender has credit.</summary>
/// <remarks>Where the other side may be replaced, items wait until it has dealt with what they came of.</remarks>
internal sealed class RemoteInlet<T> : IInletPeer, IChannelEnd
{
    private readonly Channels _channels;
    private readonly int _channel;
    private readonly Inlet<T> _inlet;
    private readonly ItemCodec? _codec;
    private readonly int _owedItemsAtMost;
    private readonly long _owedBytesAtMost;

    /// <summary>How many bytes came with the items up to each position. Filled by the reading thread, emptied by the strand.</summary>
    private readonly ConcurrentQueue<(long End, long Bytes)> _sizes = new();

    // Owner: the reading thread.
    private readonly Queue<T>? _held;
    private long _heldBytes;
    private ItemReader<T> _reader;
    private bool _isDescribed;
    private long _bytes;

    // Owner: the strand; read by others where a little late does no harm.
    private long _handledItems;
    private long _handledBytes;
    private long _toldItems;
    private long _toldBytes;
    private ReaderEnd? _end;
    private bool _isSettled;

    internal RemoteInlet(Channels channels, Crossing crossing, Inlet<T> inlet)
    {
        (_channels, _channel, _inlet) = (channels, crossing.Channel, inlet);
        _codec = channels.CodecOf(typeof(T));
        _reader = ItemCodecs.ReaderOf<T>(channels.Snapshots, _codec);
        _held = channels.KeepsItems ? [] : null;
        _owedItemsAtMost = channels.AcknowledgesAtOnce ? 1 : Math.Max(1, inlet.Capacity / 4);
        _owedBytesAtMost = RemoteOutlet<T>.Window / 4;
        inlet.Peer = this;
        channels.Add(_channel, this);
    }

    /// <summary>Whether its sender has ended it.</summary>
    public bool HasEnded { get; private set; }

    EdgePosition IChannelEnd.Position => new(_inlet.Written, _bytes, Volatile.Read(ref _handledItems), Volatile.Read(ref _handledBytes));

    public void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Items when _isDescribed:
                TakeItems(payload);
                break;
            case SegmentFrame.Description:
                ItemCodecs.Verify<T>(payload.Raw(payload.Left).ToArray(), _channels.Snapshots, _codec);
                _isDescribed = true;
                break;
            case SegmentFrame.Signal:
                TakeSignal(payload);
                break;
            default:
                throw new SnapshotException($"{_channels.Peer} sent a frame of kind {kind} to the receiving end of an edge, where it has no place.");
        }
    }

    public void Wake() => _inlet.WakeReaderOfBatch();

    public void Commit()
    {
        if (_held is null)
        {
            return;
        }

        while (_held.TryDequeue(out var item))
        {
            Put(item);
        }

        Count(_heldBytes);
        _heldBytes = 0;
    }

    public void Suspend()
    {
        _held!.Clear();
        _heldBytes = 0;
        _isDescribed = false;
        _reader = ItemCodecs.ReaderOf<T>(_channels.Snapshots, _codec);
    }

    /// <summary>What was said meanwhile went nowhere.</summary>
    public void Resume()
    {
        Interlocked.MemoryBarrier(); // the connection is the new one: the strand sees that, or this what the strand has noted
        SendCredit();
        if (_end is { } end)
        {
            SendError(SegmentFrame.ReaderEnded, end.Failure);
        }

        if (_isSettled)
        {
            _channels.Send(SegmentFrame.Settled, _channel);
        }
    }

    public void Lost(Exception cause)
    {
        _inlet.Signal(SignalKind.Fault, cause, null);
        _inlet.WakeReaderOfBatch();
    }

    bool IInletPeer.IsNear => false;

    /// <summary>The credit for what the strand has handled goes out when it has nothing more to do.</summary>
    /// <summary>The sender need not know of each item: it is told of a quarter at once.</summary>
    void IInletPeer.Released(int count)
    {
        _handledItems += count;
        while (_sizes.TryPeek(out var frame) && frame.End <= _handledItems)
        {
            _ = _sizes.TryDequeue(out _);
            _handledBytes += frame.Bytes;
        }

        if (_handledItems - _toldItems >= _owedItemsAtMost || _handledBytes - _toldBytes >= _owedBytesAtMost)
        {
            (_toldItems, _toldBytes) = (_handledItems, _handledBytes);
            Noted();
            SendCredit();
        }
    }

    void IInletPeer.ReaderEnded(Exception? failure)
    {
        _end = new(failure);
        Noted();
        SendError(SegmentFrame.ReaderEnded, failure);
    }

    void IInletPeer.Settled()
    {
        _isSettled = true;
        Noted();
        _channels.Send(SegmentFrame.Settled, _channel);
    }

    /// <summary>Before something is said on the connection, which may just be replaced: see <see cref="Resume"/>.</summary>
    private void Noted()
    {
        if (_held is not null)
        {
            Interlocked.MemoryBarrier();
        }
    }

    private void SendCredit()
    {
        var to = _channels.Connection.Begin(SegmentFrame.Credit, _channel);
        to.Varint((ulong)Volatile.Read(ref _handledItems));
        to.Varint((ulong)Volatile.Read(ref _handledBytes));
        _channels.Connection.End(flushFollows: true);
    }

    private void TakeItems(ByteSource payload)
    {
        var bytes = payload.Left;
        while (payload.Left > 0)
        {
            var left = payload.Left;
            var item = _reader.Read(payload);
            if (payload.Left == left)
            {
                _ = payload.Byte(); // an item without bytes has one all the same
            }

            if (_held is null)
            {
                Put(item);
            }
            else
            {
                _held.Enqueue(_held.Count < _inlet.Room ? item : throw TooMany());
            }
        }

        if (_held is null)
        {
            Count(bytes);
        }
        else
        {
            _heldBytes += bytes;
        }
    }

    private void Put(T item)
    {
        if (!_inlet.TryWrite(item))
        {
            throw TooMany();
        }
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        _sizes.Enqueue((_inlet.Written, bytes));
    }

    private SnapshotException TooMany() => new($"{_channels.Peer} sent more items than there is room for.");

    private void TakeSignal(ByteSource payload)
    {
        var kind = (SignalKind)payload.Byte();
        var id = payload.Varint();
        var error = kind == SignalKind.Close ? null : ErrorBytes.Read(payload, _channels.Snapshots, _channels.Peer);
        Commit();
        HasEnded |= kind != SignalKind.Throw;
        _inlet.Signal(kind, error, back => SendError(SegmentFrame.Dealt, back, id));
    }

    private void SendError(byte kind, Exception? error, ulong? id = null) => _channels.Send(kind, _channel, to =>
    {
        if (id is { } number)
        {
            to.Varint(number);
        }

        to.Byte(error is null ? (byte)0 : (byte)1);
        if (error is not null)
        {
            ErrorBytes.Write(to, error);
        }
    });

    private sealed record ReaderEnd(Exception? Failure);
}
