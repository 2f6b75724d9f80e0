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

    /// <summary>Gets whether the other side may be replaced while the run goes on.</summary>
    internal virtual bool KeepsItems => false;

    /// <summary>Gets whether that is just being done: from before the ends are suspended until before they are resumed.</summary>
    internal bool IsReplaced
    {
        get => Volatile.Read(ref field);
        private protected set => Volatile.Write(ref field, value);
    }

    /// <summary>Gets whether the other side learns of all items as soon as they were handled.</summary>
    internal virtual bool AcknowledgesAtOnce => false;

    /// <summary>Set before the first end is made, where one of the sides may be replaced.</summary>
    private protected EdgeGroups? Groups { get; set; }

    /// <summary>See <see cref="IInletPeer.Turns"/>.</summary>
    internal SemaphoreSlim? TurnsOf(int channel) => AcknowledgesAtOnce ? Groups!.TurnsOf(channel) : null;

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

    private protected static void Send(Connection connection, byte kind, int channel, Action<ByteSink>? write)
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
        if (KeepsItems && kind is (SegmentFrame.Credit or SegmentFrame.Dealt))
        {
            foreach (var (number, other) in _ends)
            {
                if (Groups!.AreTogether(number, channel))
                {
                    other.Commit();
                }
            }
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

    private protected IEnumerable<IChannelEnd> Ends => _ends.Values;

    private protected EdgePosition PositionOf(int channel) => _ends.TryGetValue(channel, out var end) ? end.Position : EdgePosition.Start;

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
