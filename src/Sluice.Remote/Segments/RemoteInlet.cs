using System.Collections.Concurrent;

namespace Sluice;

/// <summary>An edge from a segment elsewhere: what is received goes into the ring, for which the sender has credit.</summary>
/// <remarks>Where the other side may be replaced, items wait until it has handled the items that they result from.</remarks>
internal sealed class RemoteInlet<T> : IInletPeer, IChannelEnd
{
    private readonly SegmentEndpoint _endpoint;
    private readonly int _channel;
    private readonly Inlet<T> _inlet;
    private readonly ItemCodec? _codec;
    private readonly int _owedItemsAtMost;
    private readonly long _owedBytesAtMost;

    /// <summary>The number of bytes that came with the items up to each position. Filled by the reading thread, emptied by the strand.</summary>
    private readonly ConcurrentQueue<(long End, long Bytes)> _sizes = new();

    /// <summary>Null if the other side is not replaced. Else it is the lock for what the other side was told, by the strand or by the reading
    /// thread.</summary>
    private readonly UncountedItems<T>? _held;

    // Owner: the reading thread.
    private ItemReader<T> _reader;
    private bool _isDescribed;
    private long _items;
    private long _bytes;

    // Owner: the strand; read by others where a little late does no harm.
    private long _handledItems;
    private long _handledBytes;
    private bool _isOpened;
    private ReaderEnd? _end;
    private bool _isSettled;

    // Owner: the strand; where the other side may be replaced see above.
    private long _toldItems;
    private long _toldBytes;

    internal RemoteInlet(SegmentEndpoint endpoint, Crossing crossing, Inlet<T> inlet)
    {
        (_endpoint, _channel, _inlet) = (endpoint, crossing.Channel, inlet);
        _codec = endpoint.CodecOf(typeof(T));
        _reader = ItemCodecs.ReaderOf<T>(endpoint.Snapshots, _codec);
        _held = endpoint.KeepsItems ? new(inlet) : null;
        _owedItemsAtMost = endpoint.AcknowledgesAtOnce ? 1 : Math.Max(1, inlet.Capacity / 4);
        _owedBytesAtMost = RemoteOutlet<T>.Window / 4;
        Turns = endpoint.TurnsOf(_channel);
        inlet.Peer = this;
        endpoint.Add(_channel, this);
    }

    public SemaphoreSlim? Turns { get; }

    /// <summary>Gets whether its sender has ended it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Also if no one here takes more.</summary>
    public bool IsOver => HasEnded || _end is not null;

    EdgePosition IChannelEnd.Position
    {
        get
        {
            lock (_held!)
            {
                return new(_items, _bytes, _toldItems, _toldBytes);
            }
        }
    }

    public void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Items when _isDescribed:
                TakeItems(payload);
                break;
            case SegmentFrame.Description:
                ItemCodecs.Verify<T>(payload.ReadBytes(payload.Left).ToArray(), _endpoint.Snapshots, _codec);
                _isDescribed = true;
                break;
            case SegmentFrame.Control:
                TakeControl(payload);
                break;
            default:
                throw new ProtocolException($"{_endpoint.Peer} sent a frame of kind {kind} to the receiving end of an edge, where it has no place.");
        }
    }

    public void Wake() => _inlet.WakeReaderOfBatch();

    public void Commit()
    {
        if (_held is { Count: > 0 })
        {
            _items += _held.Count;
            Count(_held.Bytes);
            _held.Pass();
        }
    }

    public void Suspend()
    {
        lock (_held!)
        {
            _held.Drop();
            Told();
        }

        _isDescribed = false;
        _reader = ItemCodecs.ReaderOf<T>(_endpoint.Snapshots, _codec);
    }

    /// <summary>Sends again the messages that went to the side that was lost.</summary>
    public void Resume()
    {
        Interlocked.MemoryBarrier(); // the connection is the new one: the strand sees that, or this what the strand has noted
        lock (_held!)
        {
            Told();
            SendCredit();
        }

        if (_isOpened)
        {
            _endpoint.Send(SegmentFrame.Opened, _channel);
        }

        if (_end is { } end)
        {
            SendError(SegmentFrame.ReaderEnded, end.Failure);
        }

        if (_isSettled)
        {
            _endpoint.Send(SegmentFrame.Settled, _channel);
        }
    }

    public void Lost(Exception cause)
    {
        if (!IsOver)
        {
            Raise(new FaultMessage(cause), null);
            _inlet.WakeReaderOfBatch();
        }
    }

    bool IInletPeer.IsNear => false;

    /// <summary>The sender need not know of each item: it is told of a quarter at once.</summary>
    void IInletPeer.Released(int count)
    {
        _handledItems += count;
        while (_sizes.TryPeek(out var frame) && frame.End <= _handledItems)
        {
            _ = _sizes.TryDequeue(out _);
            _handledBytes += frame.Bytes;
        }

        _held?.Refill();
        Tell();
    }

    void IInletPeer.Opened()
    {
        _isOpened = true;
        Noted();
        _endpoint.Send(SegmentFrame.Opened, _channel);
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
        _endpoint.Send(SegmentFrame.Settled, _channel);
    }

    /// <summary>Before something is said on the connection, which may just be replaced: see <see cref="Resume"/>.</summary>
    private void Noted()
    {
        if (_held is not null)
        {
            Interlocked.MemoryBarrier();
        }
    }

    private void Tell()
    {
        if (_held is null)
        {
            TellIfOwed();
            return;
        }

        lock (_held)
        {
            TellIfOwed();
        }
    }

    private void TellIfOwed()
    {
        var (items, bytes) = Room();
        if (items - _toldItems >= _owedItemsAtMost || bytes - _toldBytes >= _owedBytesAtMost)
        {
            (_toldItems, _toldBytes) = (Math.Max(items, _toldItems), Math.Max(bytes, _toldBytes));
            SendCredit();
        }
    }

    /// <summary>Credit that the sender gets back.</summary>
    private (long Items, long Bytes) Room() => (Volatile.Read(ref _handledItems) + (_held?.Count ?? 0), Volatile.Read(ref _handledBytes) + (_held?.Bytes ?? 0));

    private void Told() => (_toldItems, _toldBytes) = Room();

    private void SendCredit()
    {
        var connection = _endpoint.Connection;
        var to = connection.Begin(SegmentFrame.Credit, _channel);
        to.WriteVarint((ulong)_toldItems);
        to.WriteVarint((ulong)_toldBytes);
        connection.End(flushFollows: true);
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
                _ = payload.ReadByte(); // an item without bytes has one all the same
            }

            Take(item);
        }

        if (_held is null)
        {
            Count(bytes);
        }
        else
        {
            _held.AddBytes(bytes);
            Tell();
        }
    }

    private void Take(T item)
    {
        if (_held is null)
        {
            _items++;
            if (!_inlet.TryWrite(item))
            {
                throw TooMany();
            }
        }
        else if (_items + _held.Count - Volatile.Read(ref _toldItems) < _inlet.Capacity)
        {
            _held.Hold(item);
        }
        else
        {
            throw TooMany();
        }
    }

    private void Count(long bytes)
    {
        _bytes += bytes;
        _sizes.Enqueue((_items, bytes));
    }

    private ProtocolException TooMany() => new($"{_endpoint.Peer} sent more items than there is room for.");

    private void TakeControl(ByteSource payload)
    {
        var kind = payload.ReadByte();
        var id = payload.ReadVarint();
        ControlMessage message = (ControlKind)kind switch
        {
            ControlKind.Close => CloseMessage.Instance,
            ControlKind.Fault => new FaultMessage(ErrorBytes.Read(payload, _endpoint.Snapshots, _endpoint.Peer)),
            ControlKind.Throw => new ThrowMessage(ErrorBytes.Read(payload, _endpoint.Snapshots, _endpoint.Peer)),
            _ => throw new ProtocolException($"{_endpoint.Peer} sent a control message of kind {kind}, which this side does not know."),
        };
        Commit();
        HasEnded |= message is not ThrowMessage;
        Raise(message, back => SendError(SegmentFrame.Dealt, back, id));
    }

    private void Raise(ControlMessage message, Action<Exception?>? done)
    {
        if (_held is null)
        {
            _inlet.WriteControl(message, done);
        }
        else
        {
            _held.WriteControl(message, done);
        }
    }

    private void SendError(byte kind, Exception? error, ulong? id = null) => _endpoint.Send(kind, _channel, to =>
    {
        if (id is { } number)
        {
            to.WriteVarint(number);
        }

        to.WriteBool(error is not null);
        if (error is not null)
        {
            ErrorBytes.Write(to, error);
        }
    });

    private sealed record ReaderEnd(Exception? Failure);
}
