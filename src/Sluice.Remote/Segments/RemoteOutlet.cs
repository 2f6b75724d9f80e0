using System.Diagnostics;

namespace Sluice;

/// <summary>An edge to a segment elsewhere: items are written straight into the connection's outgoing bytes, as long as the other
/// side has room.</summary>
/// <remarks>The credit is in items and in bytes. One item may always be under way, however large.</remarks>
internal class RemoteOutlet<T> : Outlet<T>, IChannelEnd
{
    /// <summary>The number of bytes of items that may be under way on an edge.</summary>
    internal const long Window = 1024 * 1024;

    /// <summary>After so many bytes of a chunk the connection is let go, so that it sends them while the rest is written.</summary>
    private const int WrittenAtOnce = 64 * 1024;

    private readonly int _capacity;
    private readonly ItemCodec? _codec;
    private readonly ThrownErrors _thrown = new();
    private ItemWriter<T> _writer;

    // Owner: the sending strand. Where the other side may be replaced its lock guards them, and the reading thread's.
    private long _sentItems;
    private long _sentBytes;

    // Written by the reading thread.
    private long _takenItems;
    private long _takenBytes;

    internal RemoteOutlet(SegmentEndpoint endpoint, Crossing crossing, EdgePosition position)
    {
        (Endpoint, Channel, _capacity) = (endpoint, crossing.Channel, crossing.Capacity);
        (_sentItems, _sentBytes, _takenItems, _takenBytes) = position;
        _codec = endpoint.CodecOf(typeof(T));
        _writer = ItemCodecs.WriterOf<T>(endpoint.Snapshots, _codec);
    }

    /// <summary>Gets whether the other side takes no more.</summary>
    public bool HasEnded { get; private set; }

    public bool IsOver => Settled.IsCompleted;

    private protected SegmentEndpoint Endpoint { get; }

    private protected int Channel { get; }

    private protected override bool IsNear => false;

    private protected override bool HasRoom => HasRoomFor(Math.Max(1, _capacity / 4));

    /// <summary>The number of items that the other side has handled.</summary>
    private protected long TakenItems => Volatile.Read(ref _takenItems);

    internal override void Attach(NodePort<T> port)
    {
        base.Attach(port);
        Connect();
    }

    internal override bool TrySend(T item) => SendSome(new ReadOnlySpan<T>(in item)) > 0;

    internal override int SendSome(ReadOnlySpan<T> items)
    {
        var sent = 0;
        Write(items, ref sent);
        return sent;
    }

    internal override void SendControl(ControlMessage message, Action<Exception?>? done = null)
    {
        switch (message)
        {
            case ThrowMessage error:
                Throw(error, done!);
                break;
            case MarkMessage mark:
                Endpoint.Send(SegmentFrame.Control, Channel, to => WriteHead(to, ControlKind.Mark, (ulong)mark.Number));
                break;
            default:
                SendEnd(message);
                break;
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
                Endpoint.Later(OpenExit);
                break;
            case SegmentFrame.ReaderEnded:
                var failure = ReadError(payload);
                HasEnded = true;
                Endpoint.Later(() => EndExit(failure));
                break;
            case SegmentFrame.Settled:
                Endpoint.Later(Settle);
                break;
            default:
                throw new ProtocolException($"{Endpoint.Peer} sent a frame of kind {kind} to the sending end of an edge.");
        }
    }

    public void Wake()
    {
        Interlocked.MemoryBarrier(); // either this sees that the sender waits, or the sender sees the credit before it waits
        ResumeSender();
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

    /// <summary>The first frame, and the way to here for what comes back.</summary>
    private protected virtual void Connect()
    {
        Describe();
        Endpoint.Add(Channel, this);
    }

    private protected void Describe() => Endpoint.Send(SegmentFrame.Description, Channel, to => to.WriteBytes(ItemCodecs.DescriptionOf<T>(Endpoint.Snapshots, _codec)));

    /// <summary>A close or a fault, behind which nothing comes.</summary>
    private protected virtual void SendEnd(ControlMessage message) => WriteEnd(message);

    private protected void WriteEnd(ControlMessage message)
    {
        switch (message)
        {
            case CloseMessage:
                Endpoint.Send(SegmentFrame.Control, Channel, static to => WriteHead(to, ControlKind.Close, 0));
                break;
            case FaultMessage fault:
                Endpoint.SendError(SegmentFrame.Control, Channel, fault.Error, static to => WriteHead(to, ControlKind.Fault, 0));
                break;
            default:
                throw new UnreachableException($"A {message.Name} does not cross an edge to another process.");
        }
    }

    /// <summary>A throw, which the other side answers by its number.</summary>
    private protected virtual void SendThrow(byte[] message) => WriteThrow(message);

    private protected void WriteThrow(byte[] message) => Endpoint.Send(SegmentFrame.Control, Channel, to => to.WriteBytes(message));

    /// <summary>The other side says how much it has handled, since it began.</summary>
    private protected virtual void Take(long items, long bytes) => Taken(items, bytes);

    private protected void Taken(long items, long bytes)
    {
        Volatile.Write(ref _takenItems, items);
        Volatile.Write(ref _takenBytes, bytes);
    }

    /// <summary>The other side has handled a throw.</summary>
    private protected virtual void Dealt(ulong id, Exception? back) => Endpoint.Later(() => _thrown.Dealt(id, back));

    /// <summary>Begins once more behind the items that were handled, with a writer that has written nothing.</summary>
    private protected void StartOver()
    {
        (_sentItems, _sentBytes, _takenBytes) = (_takenItems, 0, 0);
        _writer = ItemCodecs.WriterOf<T>(Endpoint.Snapshots, _codec);
        Describe();
    }

    /// <summary>Writes as many items as there is room for. The connection is held for many at once.</summary>
    /// <param name="items">The items.</param>
    /// <param name="sent">The number of those that are sent, also if this throws.</param>
    /// <exception cref="Exception">The next one cannot be written: nothing of it is sent, and the other side is told that there is no more.</exception>
    private protected void Write(ReadOnlySpan<T> items, ref int sent)
    {
        try
        {
            while (sent < items.Length && HasRoomFor(1))
            {
                WriteSome(items, ref sent);
            }
        }
        catch (Exception error)
        {
            SendEnd(new FaultMessage(error)); // else the other side would wait for what comes next
            throw;
        }
    }

    /// <summary>Writes an item that was written before, however much room there is.</summary>
    private protected void WriteAgain(T item)
    {
        var sent = 0;
        WriteSome(new ReadOnlySpan<T>(in item), ref sent);
    }

    private void WriteSome(ReadOnlySpan<T> items, ref int sent)
    {
        var connection = Endpoint.Connection;
        var to = connection.Begin(SegmentFrame.Items, Channel);
        var last = to.Length + WrittenAtOnce;
        while (true)
        {
            Put(connection, to, items[sent]);
            if (sent == items.Length - 1 || to.Length >= last || !HasRoomFor(1))
            {
                break;
            }

            connection.Next();
            sent++;
        }

        connection.End(flushFollows: true);
        sent++;
    }

    private void Put(Connection connection, ByteSink to, T item)
    {
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

        _sentBytes += to.Length - start;
        _sentItems++;
    }

    private bool HasRoomFor(int items)
    {
        var under = _sentItems - Volatile.Read(ref _takenItems);
        return under == 0 || (under + items <= _capacity && _sentBytes - Volatile.Read(ref _takenBytes) < Window);
    }

    /// <summary>Nothing follows it before it was handled.</summary>
    /// <exception cref="InvalidOperationException">The exception cannot be written: nothing of it is sent, and the other side is told that there is no more.</exception>
    private void Throw(ThrowMessage message, Action<Exception?> done)
    {
        if (!_thrown.TryAdd(done, out var id))
        {
            return;
        }

        try
        {
            var bytes = new ByteSink();
            WriteHead(bytes, ControlKind.Throw, id);
            ErrorBytes.Write(bytes, message.Error);
            SendThrow(bytes.Written.ToArray());
        }
        catch (Exception error)
        {
            _thrown.Forget(id); // who waits gets the error from here
            var refused = new InvalidOperationException($"The exception of type '{message.Error.GetType()}' that was thrown in cannot be sent to {Endpoint.Peer}: {error.Message}", error);
            SendEnd(new FaultMessage(refused));
            throw refused;
        }
    }

    private static void WriteHead(ByteSink to, ControlKind kind, ulong id)
    {
        to.WriteByte((byte)kind);
        to.WriteVarint(id);
    }

    private Exception? ReadError(ByteSource payload) => payload.ReadBool() ? ErrorBytes.Read(payload, Endpoint.Snapshots, Endpoint.Peer) : null;
}
