using System.Diagnostics;

namespace Sluice;

/// <summary>An edge to a segment elsewhere: items are written straight into the connection's outgoing bytes, as long as the other
/// side has room.</summary>
/// <remarks>The credit is in items and in bytes. One item may always be under way, however large. Where the other side may be replaced,
/// items are kept until it has handled them.</remarks>
internal sealed class RemoteOutlet<T> : Outlet<T>, IChannelEnd
{
    /// <summary>The number of bytes of items that may be under way on an edge.</summary>
    internal const long Window = 1024 * 1024;

    private readonly SegmentEndpoint _endpoint;
    private readonly int _channel;
    private readonly int _capacity;
    private readonly ItemCodec? _codec;
    private readonly ThrownErrors _thrown = new();

    /// <summary>Items that the other side has not handled; null if it is not replaced. It is also the lock for all below then: who
    /// replaces the other side changes it too. What it says of room without the lock may be wrong, and is asked again within.</summary>
    private readonly Queue<T>? _kept;
    private ItemWriter<T> _writer;
    private bool _isSuspended;
    private (ThrowMessage Message, ulong Id)? _keptThrow;
    private ControlMessage? _end;
    private long _sentItems; // owner, without a replacement: the sending strand
    private long _sentBytes; // the same
    private long _takenItems; // written by the reading thread
    private long _takenBytes; // written by the reading thread
    private long _takenBefore; // by the sides that were there before this one

    internal RemoteOutlet(SegmentEndpoint endpoint, Crossing crossing, EdgePosition position)
    {
        (_endpoint, _channel, _capacity) = (endpoint, crossing.Channel, crossing.Capacity);
        (_sentItems, _sentBytes, _takenItems, _takenBytes) = position;
        _codec = endpoint.CodecOf(typeof(T));
        _kept = endpoint.KeepsItems ? [] : null;
        _writer = ItemCodecs.WriterOf<T>(endpoint.Snapshots, _codec);
    }

    /// <summary>Gets whether the other side takes no more.</summary>
    public bool HasEnded { get; private set; }

    public bool IsOver => Settled.IsCompleted;

    private protected override bool IsNear => false;

    private protected override bool HasRoom => !Volatile.Read(ref _isSuspended) && HasRoomFor(Math.Max(1, _capacity / 4));

    internal override void Attach(NodePort<T> port)
    {
        base.Attach(port);
        if (_kept is null)
        {
            Describe();
            _endpoint.Add(_channel, this);
            return;
        }

        lock (_kept)
        {
            _endpoint.Add(_channel, this); // first: who begins to replace the other side from now on finds it
            _isSuspended = _endpoint.IsReplaced;
            if (!_isSuspended)
            {
                Describe(); // else it is resumed with the others
            }
        }
    }

    internal override bool TrySend(T item)
    {
        if (_kept is null)
        {
            if (!HasRoomFor(1))
            {
                return false;
            }

            Write(item);
            return true;
        }

        lock (_kept)
        {
            if (_isSuspended || !HasRoomFor(1))
            {
                return false;
            }

            Write(item);
            _kept.Enqueue(item);
            return true;
        }
    }

    internal override int SendSome(ReadOnlySpan<T> items)
    {
        var sent = 0;
        while (sent < items.Length && TrySend(items[sent]))
        {
            sent++;
        }

        return sent;
    }

    internal override void SendControl(ControlMessage message, Action<Exception?>? done = null)
    {
        if (message is ThrowMessage error)
        {
            Throw(error, done!);
        }
        else if (_kept is null)
        {
            WriteControl(message, 0);
        }
        else
        {
            lock (_kept)
            {
                _end = message;
                if (!_isSuspended)
                {
                    WriteControl(message, 0);
                }
            }
        }
    }

    public void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Credit:
                Take(checked((long)payload.ReadVarint()), checked((long)payload.ReadVarint()));
                break;
            case SegmentFrame.Dealt:
                Dealt(payload.ReadVarint(), ReadError(payload));
                break;
            case SegmentFrame.Opened:
                _endpoint.Later(OpenExit);
                break;
            case SegmentFrame.ReaderEnded:
                var failure = ReadError(payload);
                HasEnded = true;
                _endpoint.Later(() => EndExit(failure));
                break;
            case SegmentFrame.Settled:
                _endpoint.Later(Settle);
                break;
            default:
                throw new ProtocolException($"{_endpoint.Peer} sent a frame of kind {kind} to the sending end of an edge.");
        }
    }

    public void Wake()
    {
        Interlocked.MemoryBarrier(); // either this sees that the sender waits, or the sender sees the credit before it waits
        ResumeSender();
    }

    public void Suspend()
    {
        lock (_kept!)
        {
            Volatile.Write(ref _isSuspended, true);
        }
    }

    public void Resume()
    {
        lock (_kept!)
        {
            if (!_isSuspended)
            {
                return; // it was made when the other side was there already
            }

            _takenBefore = _takenItems;
            (_sentItems, _sentBytes, _takenBytes) = (_takenItems, 0, 0);
            _writer = ItemCodecs.WriterOf<T>(_endpoint.Snapshots, _codec);
            Describe();
            foreach (var item in _kept)
            {
                Write(item);
            }

            if (_keptThrow is { } thrown)
            {
                WriteControl(thrown.Message, thrown.Id);
            }

            if (_end is not null)
            {
                WriteControl(_end, 0);
            }

            Volatile.Write(ref _isSuspended, false);
        }

        Wake();
    }

    public void Lost(Exception cause)
    {
        _thrown.FailAll(cause);
        if (!IsOver)
        {
            EndExit(cause);
            Settle();
        }
    }

    /// <summary>Nothing follows it before it was handled.</summary>
    private void Throw(ThrowMessage message, Action<Exception?> done)
    {
        if (!_thrown.TryAdd(done, out var id))
        {
            return;
        }

        if (_kept is null)
        {
            WriteControl(message, id);
            return;
        }

        lock (_kept)
        {
            _keptThrow = (message, id);
            if (!_isSuspended)
            {
                WriteControl(message, id);
            }
        }
    }

    private void Dealt(ulong id, Exception? back)
    {
        if (_kept is not null)
        {
            lock (_kept)
            {
                _keptThrow = null;
            }
        }

        _endpoint.Later(() => _thrown.Dealt(id, back));
    }

    private bool HasRoomFor(int items)
    {
        var under = _sentItems - Volatile.Read(ref _takenItems);
        return under == 0 || (under + items <= _capacity && _sentBytes - Volatile.Read(ref _takenBytes) < Window);
    }

    /// <summary>The other side says how much it has handled, since it began.</summary>
    private void Take(long items, long bytes)
    {
        var taken = _takenBefore + items;
        if (_kept is not null)
        {
            lock (_kept)
            {
                for (var dealt = taken - _takenItems; dealt > 0 && _kept.TryDequeue(out _); dealt--)
                {
                }

                Taken(taken, bytes);
            }
        }
        else
        {
            Taken(taken, bytes);
        }
    }

    private void Taken(long items, long bytes)
    {
        Volatile.Write(ref _takenItems, items);
        Volatile.Write(ref _takenBytes, bytes);
    }

    private void Describe() => _endpoint.Send(SegmentFrame.Description, _channel, to => to.WriteBytes(ItemCodecs.DescriptionOf<T>(_endpoint.Snapshots, _codec)));

    private void Write(T item)
    {
        try
        {
            _sentBytes += Put(item);
            _sentItems++;
        }
        catch (Exception error)
        {
            SendControl(new FaultMessage(error)); // else the other side would wait for what comes next
            throw;
        }
    }

    /// <summary>Gives the number of bytes.</summary>
    private int Put(T item)
    {
        var connection = _endpoint.Connection;
        var to = connection.Begin(SegmentFrame.Items, _channel);
        var start = to.Length;
        try
        {
            _writer.Write(to, item);
            if (to.Length == start)
            {
                to.WriteByte(0); // or no one could tell how many there are
            }
        }
        catch
        {
            connection.Rewind();
            throw;
        }

        var length = to.Length - start;
        connection.End(flushFollows: true);
        return length;
    }

    private void WriteControl(ControlMessage message, ulong id)
    {
        var (kind, error) = message switch
        {
            CloseMessage => (ControlKind.Close, (Exception?)null),
            FaultMessage fault => (ControlKind.Fault, fault.Error),
            ThrowMessage thrown => (ControlKind.Throw, thrown.Error),
            _ => throw new UnreachableException($"A {message.Name} does not cross an edge to another process."),
        };
        _endpoint.Send(SegmentFrame.Control, _channel, to =>
        {
            to.WriteByte((byte)kind);
            to.WriteVarint(id);
            if (error is not null)
            {
                ErrorBytes.Write(to, error);
            }
        });
    }

    private Exception? ReadError(ByteSource payload) => payload.ReadBool() ? ErrorBytes.Read(payload, _endpoint.Snapshots, _endpoint.Peer) : null;
}
