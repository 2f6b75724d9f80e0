using System.Collections.Concurrent;

namespace Sluice;

/// <summary>The edges between this process and a segment elsewhere, on one connection.</summary>
/// <remarks>What only notes something is done when a frame is received; a call that may run the application's code waits for the end
/// of the batch.</remarks>
internal abstract class SegmentEndpoint : IFrameHandler
{
    private readonly ConcurrentDictionary<int, IChannelEnd> _ends = new();
    private readonly ConcurrentQueue<Action> _later = new();
    private Exception? _lost; // guard: a lock on _ends

    /// <summary>Set before anything is sent. Another one takes its place when the other side is replaced, at any time: a thread that writes a frame
    /// begins and ends it on the same one.</summary>
    internal Connection Connection { get; private protected set; } = null!;

    /// <summary>The name of the other side, for messages.</summary>
    internal abstract string Peer { get; }

    internal abstract SnapshotOptions Snapshots { get; }

    /// <summary>Gets whether the other side may be replaced while the run goes on, by one that sends again what does not count yet.</summary>
    internal virtual bool IsReplayed => false;

    /// <summary>Gets whether the other side learns of all items as soon as they were handled: it may replace this one.</summary>
    internal virtual bool AcknowledgesAtOnce => false;

    /// <summary>See <see cref="IInletPeer.Turns"/>.</summary>
    internal virtual SemaphoreSlim? TurnsOf(int channel) => null;

    /// <summary>The users' codecs for types of items.</summary>
    internal abstract IReadOnlyList<ItemCodec> Codecs { get; }

    internal ItemCodec? CodecOf(Type type) => Codecs.FirstOrDefault(codec => codec.ItemType == type);

    /// <summary>If the other side is lost already the end learns it here: the thread that lost it did not find this end.</summary>
    internal void Add(int channel, IChannelEnd end)
    {
        Exception? lost;
        lock (_ends)
        {
            _ends[channel] = end;
            lost = _lost;
        }

        if (lost is not null)
        {
            end.Lost(lost);
        }
    }

    /// <summary>Does at the end of the batch what may take long.</summary>
    internal void Later(Action action) => _later.Enqueue(action);

    /// <summary>Puts in a frame.</summary>
    internal void Send(byte kind, int channel, Action<ByteSink>? write = null) => Send(Connection, kind, channel, write);

    /// <summary>Puts in a frame that ends with an error. If that cannot be written, since it is too long or its own code fails, then what can be said of it
    /// goes in its place: the other side waits for the frame.</summary>
    internal void SendError(byte kind, int channel, Exception error, Action<ByteSink>? head = null)
    {
        try
        {
            Send(kind, channel, to =>
            {
                head?.Invoke(to);
                ErrorBytes.Write(to, error);
            });
        }
        catch (Exception wrong)
        {
            Send(kind, channel, to =>
            {
                head?.Invoke(to);
                ErrorBytes.WriteOutline(to, error, wrong);
            });
        }
    }

    /// <summary>The same with a truth before the error: whether there is one.</summary>
    internal void SendErrorOrNone(byte kind, int channel, Exception? error, Action<ByteSink>? head = null)
    {
        if (error is not null)
        {
            SendError(kind, channel, error, Head);
        }
        else
        {
            Send(kind, channel, Head);
        }

        void Head(ByteSink to)
        {
            head?.Invoke(to);
            to.WriteBool(error is not null);
        }
    }

    internal static void Send(Connection connection, byte kind, int channel, Action<ByteSink>? write)
    {
        var to = connection.Begin(kind, channel);
        try
        {
            write?.Invoke(to);
        }
        catch
        {
            connection.Rewind();
            throw;
        }

        connection.End();
    }

    public void Received(byte kind, int channel, ByteSource payload)
    {
        if (kind < SegmentFrame.Description)
        {
            Received(kind, payload);
            return;
        }

        if (!_ends.TryGetValue(channel, out var end))
        {
            if (MayLackEnds)
            {
                return;
            }

            throw new ProtocolException($"{Peer} sent something for channel {channel}, which there is not.");
        }

        end.Received(kind, payload);
        if (kind is SegmentFrame.Credit or SegmentFrame.Dealt)
        {
            HasHandled(channel);
        }
    }

    public void BatchEnded()
    {
        while (_later.TryDequeue(out var action))
        {
            action();
        }

        ForEachEnd(static end => end.Wake());
    }

    /// <summary>One end may have woken a source that holds the thread: the others go on without it.</summary>
    public void TakenOver() => ForEachEnd(static end => end.Wake());

    public abstract void Lost(Exception cause);

    public abstract void Closed();

    /// <summary>Gets whether it may be given up before all ends are made: what is sent to others is for no one then.</summary>
    private protected virtual bool MayLackEnds => false;

    /// <summary>A frame about the segment as a whole.</summary>
    private protected abstract void Received(byte kind, ByteSource payload);

    /// <summary>The other side has handled something that came along an edge.</summary>
    private protected virtual void HasHandled(int channel)
    {
    }

    internal IEnumerable<KeyValuePair<int, IChannelEnd>> Ends => _ends;

    /// <summary>The other side is gone for good: all ends that there are, or will be, are told. Once.</summary>
    private protected void LoseEnds(Exception cause)
    {
        IChannelEnd[] all;
        lock (_ends)
        {
            _lost = cause;
            all = [.. _ends.Values];
        }

        Array.ForEach(all, end => end.Lost(cause));
    }

    private protected void ForEachEnd(Action<IChannelEnd> action)
    {
        foreach (var (_, end) in _ends)
        {
            action(end);
        }
    }
}
