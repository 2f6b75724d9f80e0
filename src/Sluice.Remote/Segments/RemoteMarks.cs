using System.Diagnostics;

namespace Sluice;

/// <summary>Marks at a segment elsewhere, as the process that runs the pipeline sees them: the other side is told of a mark, and sends the states of its nodes.</summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class RemoteMarks(RemoteSegment segment, NodeStates states)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, byte[]> _last = new(StringComparer.Ordinal); // guard: _gate
    private Mark? _mark; // under way there. Guard: _gate
    private Life _life; // guard of writes: _gate

    /// <summary>Changes once, from <see cref="There"/>.</summary>
    private enum Life
    {
        /// <summary>The other side takes marks.</summary>
        There,

        /// <summary>Its nodes have ended, and sent what they ended as.</summary>
        Ended,

        /// <summary>It has gone without that: lost, cancelled, or failed.</summary>
        Gone,
    }

    /// <summary>Sends the states at which the nodes of the segment go on. Before the blueprint.</summary>
    internal void SendStored(Connection connection, PipelineGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            if (states.StoredOf(new(node.Name, segment.Part)) is { } state)
            {
                RemoteSegment.Send(connection, SegmentFrame.State, 0, to => StateFrame.Write(to, StateFrame.Stored, node.Name, state));
            }
        }
    }

    /// <summary>Writes whether the sources there wait.</summary>
    internal void WriteHold(ByteSink to) => to.WriteBool(states.HoldsSources);

    internal void Begin(Mark mark)
    {
        Life life;
        lock (_gate)
        {
            life = segment.IsConnected ? _life : Life.Gone; // it is not there yet
            if (life == Life.There)
            {
                _mark = mark;
            }
        }

        switch (life)
        {
            case Life.There:
                segment.Send(SegmentFrame.Mark, 0, to =>
                {
                    to.WriteVarint((ulong)mark.Number);
                    WriteHold(to);
                });
                segment.Flush();
                break;
            case Life.Ended:
                PassAsEnded(mark);
                break;
            default:
                mark.Dropped(null);
                break;
        }
    }

    internal void Drop(Mark mark)
    {
        if (Take(mark.Number) is not null)
        {
            segment.Send(SegmentFrame.DropMark, 0, to => to.WriteVarint((ulong)mark.Number));
            segment.Flush();
        }
    }

    /// <summary>The state of a node. That of a mark which was dropped here since is ignored (rule 13f).</summary>
    internal void Received(ByteSource payload)
    {
        var (number, node, state) = StateFrame.Read(payload);
        Mark? mark;
        lock (_gate)
        {
            mark = _mark?.Number == number ? _mark : null;
            if (number == StateFrame.AtEnd)
            {
                _last[node] = state;
            }
        }

        mark?.Captured(node, segment.Part, state);
    }

    internal void Passed(ByteSource payload) => Take((long)payload.ReadVarint())?.Passed();

    internal void Dropped(ByteSource payload)
    {
        var mark = Take((long)payload.ReadVarint());
        mark?.Dropped(payload.ReadBool() ? ErrorBytes.Read(payload, segment.Snapshots, segment.Peer) : null);
    }

    /// <summary>The other side has ended. A mark that is on its way there has passed it, if it has ended without a failure.</summary>
    internal void End(bool hasStates)
    {
        Mark? mark;
        lock (_gate)
        {
            if (_life != Life.There)
            {
                return;
            }

            _life = hasStates ? Life.Ended : Life.Gone;
            mark = _mark;
            _mark = null;
        }

        if (mark is not null && hasStates)
        {
            PassAsEnded(mark);
        }
        else
        {
            mark?.Dropped(null);
        }
    }

    private void PassAsEnded(Mark mark)
    {
        Debug.Assert(_life == Life.Ended, "The other side has not ended.");
        foreach (var (node, state) in _last)
        {
            mark.Captured(node, segment.Part, state);
        }

        mark.Passed();
    }

    /// <summary>The mark that is under way there, if it has this number; it is not any more.</summary>
    private Mark? Take(long number)
    {
        lock (_gate)
        {
            var mark = _mark?.Number == number ? _mark : null;
            _mark = mark is null ? _mark : null;
            return mark;
        }
    }
}
