using System.Collections.Concurrent;

namespace Sluice;

/// <summary>An edge from a segment elsewhere: what is received goes into the ring, for which the sender has credit.</summary>
internal sealed class RemoteInlet<T> : IInletPeer, IChannelEnd
{
    private readonly Channels _channels;
    private readonly int _channel;
    private readonly Inlet<T> _inlet;
    private readonly ItemReader<T> _reader;
    private readonly ItemCodec? _codec;

    /// <summary>How many bytes came with the items up to each position. Filled by the reading thread, emptied by the strand.</summary>
    private readonly ConcurrentQueue<(long End, int Bytes)> _sizes = new();
    private bool _isDescribed; // owner: the reading thread
    private long _handled; // owner: the strand, as all below
    private int _owedItems;
    private long _owedBytes;

    internal RemoteInlet(Channels channels, Crossing crossing, Inlet<T> inlet)
    {
        (_channels, _channel, _inlet) = (channels, crossing.Channel, inlet);
        _codec = channels.CodecOf(typeof(T));
        _reader = ItemCodecs.ReaderOf<T>(channels.Snapshots, _codec);
        inlet.Peer = this;
        channels.Add(_channel, this);
    }

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

    public void Wake() => _inlet.WakeReader();

    public void Lost(Exception cause)
    {
        _inlet.Signal(SignalKind.Fault, cause, null);
        _inlet.WakeReader();
    }

    /// <summary>The sender need not know of each item: it is told of a quarter at once.</summary>
    void IInletPeer.Released(int count)
    {
        _handled += count;
        _owedItems += count;
        while (_sizes.TryPeek(out var frame) && frame.End <= _handled)
        {
            _ = _sizes.TryDequeue(out _);
            _owedBytes += frame.Bytes;
        }

        if (_owedItems >= Math.Max(1, _inlet.Capacity / 4) || _owedBytes >= RemoteOutlet<T>.Window / 4)
        {
            var to = _channels.Connection.Begin(SegmentFrame.Credit, _channel);
            to.Varint((uint)_owedItems);
            to.Varint((ulong)_owedBytes);
            _channels.Connection.End(flushFollows: true);
            (_owedItems, _owedBytes) = (0, 0);
        }
    }

    void IInletPeer.ReaderEnded(Exception? failure) => SendError(SegmentFrame.ReaderEnded, failure);

    void IInletPeer.Settled() => _channels.Send(SegmentFrame.Settled, _channel);

    private void TakeItems(ByteSource payload)
    {
        var bytes = payload.Left;
        while (payload.Left > 0)
        {
            if (!_inlet.TryWrite(_reader.Read(payload)))
            {
                throw new SnapshotException($"{_channels.Peer} sent more items than there is room for.");
            }
        }

        _sizes.Enqueue((_inlet.Written, bytes));
    }

    private void TakeSignal(ByteSource payload)
    {
        var kind = (SignalKind)payload.Byte();
        var id = payload.Varint();
        var error = kind == SignalKind.Close ? null : ErrorBytes.Read(payload, _channels.Snapshots, _channels.Peer);
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
}
