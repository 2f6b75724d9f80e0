namespace Sluice;

/// <summary>An edge to a segment elsewhere: items are written straight into the connection's outgoing bytes, as long as the other
/// side has room.</summary>
/// <remarks>The credit is in items and in bytes. One item may always be under way, however large.</remarks>
internal sealed class RemoteOutlet<T> : Outlet<T>, IChannelEnd
{
    /// <summary>How many bytes of items may be under way on an edge.</summary>
    internal const long Window = 1024 * 1024;

    private readonly Channels _channels;
    private readonly int _channel;
    private readonly int _capacity;
    private readonly ItemWriter<T> _writer;
    private readonly Dictionary<long, Action<Exception?>> _thrown = []; // guarded by itself
    private long _sentItems; // owner: the sending strand
    private long _sentBytes; // owner: the sending strand
    private long _takenItems; // written by the reading thread
    private long _takenBytes; // written by the reading thread
    private Exception? _lost;

    internal RemoteOutlet(Channels channels, Crossing crossing)
    {
        (_channels, _channel, _capacity) = (channels, crossing.Channel, crossing.Capacity);
        var codec = channels.CodecOf(typeof(T));
        _writer = ItemCodecs.WriterOf<T>(channels.Snapshots, codec);
        channels.Add(_channel, this);
        channels.Send(SegmentFrame.Description, _channel, to => to.Raw(ItemCodecs.DescriptionOf<T>(channels.Snapshots, codec)));
    }

    private protected override bool HasRoom => HasRoomFor(Math.Max(1, _capacity / 4));

    internal override bool TrySend(T item)
    {
        if (!HasRoomFor(1))
        {
            return false;
        }

        var to = _channels.Connection.Begin(SegmentFrame.Items, _channel);
        var start = to.Length;
        try
        {
            _writer.Write(to, item);
        }
        catch
        {
            _channels.Connection.Rewind();
            throw;
        }

        _sentItems++;
        _sentBytes += to.Length - start;
        _channels.Connection.End(flushFollows: true);
        return true;
    }

    internal override void Signal(SignalKind kind, Exception? error, Action<Exception?>? done = null)
    {
        var id = 0L;
        if (done is not null)
        {
            lock (_thrown)
            {
                if (_lost is not null)
                {
                    done(_lost);
                    return;
                }

                id = _thrown.Count == 0 ? 1 : _thrown.Keys.Max() + 1;
                _thrown[id] = done;
            }
        }

        _channels.Send(SegmentFrame.Signal, _channel, to =>
        {
            to.Byte((byte)kind);
            to.Varint((ulong)id);
            if (error is not null)
            {
                ErrorBytes.Write(to, error);
            }
        });
    }

    public void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Credit:
                Volatile.Write(ref _takenItems, _takenItems + checked((long)payload.Varint()));
                Volatile.Write(ref _takenBytes, _takenBytes + checked((long)payload.Varint()));
                break;
            case SegmentFrame.Dealt:
                var id = (long)payload.Varint();
                var back = ReadError(payload);
                _channels.Later(() => Take(id)?.Invoke(back));
                break;
            case SegmentFrame.ReaderEnded:
                var failure = ReadError(payload);
                _channels.Later(() => EndExit(failure));
                break;
            case SegmentFrame.Settled:
                _channels.Later(Settle);
                break;
            default:
                throw new SnapshotException($"{_channels.Peer} sent a frame of kind {kind} to the sending end of an edge.");
        }
    }

    public void Wake() => ResumeSender();

    public void Lost(Exception cause)
    {
        List<Action<Exception?>> waiting;
        lock (_thrown)
        {
            _lost = cause;
            waiting = [.. _thrown.Values];
            _thrown.Clear();
        }

        waiting.ForEach(done => done(cause));
        if (!Settled.IsCompleted)
        {
            EndExit(cause);
            Settle();
        }
    }

    private bool HasRoomFor(int items)
    {
        var under = _sentItems - Volatile.Read(ref _takenItems);
        return under == 0 || (under + items <= _capacity && _sentBytes - Volatile.Read(ref _takenBytes) < Window);
    }

    private Action<Exception?>? Take(long id)
    {
        lock (_thrown)
        {
            return _thrown.Remove(id, out var done) ? done : null;
        }
    }

    private Exception? ReadError(ByteSource payload) => PlainValues.ReadBool(payload) ? ErrorBytes.Read(payload, _channels.Snapshots, _channels.Peer) : null;
}
