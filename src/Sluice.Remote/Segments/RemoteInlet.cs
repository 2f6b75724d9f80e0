using System.Collections.Concurrent;

namespace Sluice;

/// <summary>An edge from a segment elsewhere: what is received goes into the ring, for which the sender has credit.</summary>
internal class RemoteInlet<T> : IInletPeer, IChannelEnd
{
    private readonly Inlet<T> _inlet;
    private readonly ItemCodec? _codec;
    private readonly int _owedItemsAtMost;
    private readonly long _owedBytesAtMost;

    /// <summary>The number of bytes that came with the items up to each position. Filled by the reading thread, emptied by the strand.</summary>
    private readonly ConcurrentQueue<(long End, long Bytes)> _sizes = new();

    // Owner: the reading thread.
    private ItemReader<T> _reader;
    private bool _isDescribed;

    // Owner: the strand; read by others where a little late does no harm.
    private long _handledItems;
    private long _handledBytes;
    private ReaderEnd? _end;

    // Owner: the strand. Where the sender may be replaced its lock guards them, and the reading thread's.
    private long _toldItems;
    private long _toldBytes;

    internal RemoteInlet(SegmentEndpoint endpoint, Crossing crossing, Inlet<T> inlet)
    {
        (Endpoint, Channel, _inlet) = (endpoint, crossing.Channel, inlet);
        _codec = endpoint.CodecOf(typeof(T));
        _reader = ItemCodecs.ReaderOf<T>(endpoint.Snapshots, _codec);
        _owedItemsAtMost = endpoint.AcknowledgesAtOnce ? 1 : Math.Max(1, inlet.Capacity / 4);
        _owedBytesAtMost = RemoteOutlet<T>.Window / 4;
        Turns = endpoint.TurnsOf(Channel);
        inlet.Peer = this;
        endpoint.Add(Channel, this);
    }

    public SemaphoreSlim? Turns { get; }

    /// <summary>Gets whether its sender has ended it.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Also if no one here takes more.</summary>
    public bool IsOver => HasEnded || _end is not null;

    private protected SegmentEndpoint Endpoint { get; }

    private protected int Channel { get; }

    /// <summary>The number of items that count. Owner: the reading thread.</summary>
    private protected long Items { get; set; }

    /// <summary>The number of items that the sender was told it has credit for.</summary>
    private protected long ToldItems => Volatile.Read(ref _toldItems);

    private protected long ToldBytes => _toldBytes;

    /// <summary>Credit that the sender gets back.</summary>
    private protected virtual (long Items, long Bytes) Credit => (Volatile.Read(ref _handledItems), Volatile.Read(ref _handledBytes));

    public void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Items when _isDescribed:
                TakeItems(payload);
                break;
            case SegmentFrame.Description:
                ItemCodecs.Verify<T>(payload.ReadBytes(payload.Left).ToArray(), Endpoint.Snapshots, _codec);
                _isDescribed = true;
                break;
            case SegmentFrame.Control:
                TakeControl(payload);
                break;
            default:
                throw new ProtocolException($"{Endpoint.Peer} sent a frame of kind {kind} to the receiving end of an edge, where it has no place.");
        }
    }

    public void Wake() => _inlet.WakeReaderOfBatch();

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

        Handled();
    }

    void IInletPeer.Opened() => SendOpened();

    void IInletPeer.ReaderEnded(Exception? failure)
    {
        _end = new(failure);
        SendReaderEnded(_end);
    }

    void IInletPeer.Settled() => SendSettled();

    /// <summary>A frame of items.</summary>
    private protected virtual void TakeItems(ByteSource payload)
    {
        var bytes = payload.Left;
        while (payload.Left > 0)
        {
            var item = Read(payload);
            Items++;
            if (!_inlet.TryWrite(item))
            {
                throw TooMany();
            }
        }

        Count(bytes);
    }

    private protected T Read(ByteSource payload)
    {
        var left = payload.Left;
        var item = _reader.Read(payload);
        if (payload.Left == left)
        {
            _ = payload.ReadByte(); // an item without bytes has one all the same
        }

        return item;
    }

    /// <summary>The items since the last call had so many bytes.</summary>
    private protected void Count(long bytes) => _sizes.Enqueue((Items, bytes));

    private protected ProtocolException TooMany() => new($"{Endpoint.Peer} sent more items than there is room for.");

    /// <summary>The strand has handled some.</summary>
    private protected virtual void Handled() => TellIfOwed();

    /// <summary>Items are told in whole quarters: else what is still owed when the reader stops would depend on how many it had handled at a time.</summary>
    private protected void TellIfOwed()
    {
        var (items, bytes) = Credit;
        var owesBytes = bytes - _toldBytes >= _owedBytesAtMost;
        if (owesBytes || items - _toldItems >= _owedItemsAtMost)
        {
            var told = owesBytes ? items : items - (items % _owedItemsAtMost);
            (_toldItems, _toldBytes) = (Math.Max(told, _toldItems), Math.Max(bytes, _toldBytes));
            SendCredit();
        }
    }

    /// <summary>All credit counts as told.</summary>
    private protected void TellAll() => (_toldItems, _toldBytes) = Credit;

    private protected void SendCredit()
    {
        var connection = Endpoint.Connection;
        var to = connection.Begin(SegmentFrame.Credit, Channel);
        to.WriteVarint((ulong)_toldItems);
        to.WriteVarint((ulong)_toldBytes);
        connection.End(flushFollows: true);
    }

    private protected virtual void SendOpened() => Endpoint.Send(SegmentFrame.Opened, Channel);

    private protected virtual void SendReaderEnded(ReaderEnd end) => Endpoint.SendErrorOrNone(SegmentFrame.ReaderEnded, Channel, end.Failure);

    private protected virtual void SendSettled() => Endpoint.Send(SegmentFrame.Settled, Channel);

    /// <summary>A control message, behind the items.</summary>
    private protected virtual void Raise(ControlMessage message, Action<Exception?>? done) => _inlet.WriteControl(message, done);

    /// <summary>What was received before it counts.</summary>
    private protected virtual void CountAll()
    {
    }

    /// <summary>The sender is replaced: the next one describes its items again.</summary>
    private protected void ForgetDescription()
    {
        _isDescribed = false;
        _reader = ItemCodecs.ReaderOf<T>(Endpoint.Snapshots, _codec);
    }

    private void TakeControl(ByteSource payload)
    {
        var kind = payload.ReadByte();
        var id = payload.ReadVarint();
        ControlMessage message = (ControlKind)kind switch
        {
            ControlKind.Close => CloseMessage.Instance,
            ControlKind.Fault => new FaultMessage(ErrorBytes.Read(payload, Endpoint.Snapshots, Endpoint.Peer)),
            ControlKind.Mark => new MarkMessage((long)id),
            ControlKind.Throw => new ThrowMessage(ErrorBytes.Read(payload, Endpoint.Snapshots, Endpoint.Peer)),
            _ => throw new ProtocolException($"{Endpoint.Peer} sent a control message of kind {kind}, which this side does not know."),
        };
        CountAll();
        HasEnded |= message is not (ThrowMessage or MarkMessage);
        Raise(message, back => Endpoint.SendErrorOrNone(SegmentFrame.Dealt, Channel, back, to => to.WriteVarint(id)));
    }

    private protected sealed record ReaderEnd(Exception? Failure);
}
