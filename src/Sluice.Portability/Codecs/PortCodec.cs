namespace Sluice;

/// <summary>A port: its name, and the coroutine that waits there and for how long, or what it returned.</summary>
internal class PortCodec(Type type) : TypeCodec(type)
{
    private readonly ResultCodec? _result = ResultCodec.Of(type);

    internal override IReadOnlyList<FieldSchema> Layout => _result?.Parts ?? [];

    /// <summary>Everything that is in use must stand still: the port is held until the capture is over.</summary>
    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var port = (IPortState)item;
        if (port.TryHold(writer.Holds) && port.IsAtRest)
        {
            Write(writer, port);
        }
        else
        {
            writer.BlockAt(port);
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        var port = base.Create(reader);
        reader.Ports.Add((IPortState)port);
        return port;
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var port = (IPortState)item;
        var hasEnded = reader.Bodies.ReadBool();
        var name = reader.Reference() as string;
        if (hasEnded)
        {
            port.Restore(reader.Strand, new(true, false, name, null, false, null));
            _result?.Read(reader, port);
            return;
        }

        var waiting = (Coroutine?)reader.Reference() ?? throw new SnapshotException("The snapshot is damaged: nothing waits at a target that waits.");
        TimeSpan? left = reader.Bodies.ReadBool() ? new TimeSpan(reader.Bodies.ReadSigned()) : null;
        if (left < TimeSpan.Zero && left != Timeout.InfiniteTimeSpan)
        {
            throw new SnapshotException("The snapshot is damaged: a wait of less than no time.");
        }

        port.Restore(reader.Strand, new(false, false, name, waiting, false, TimeLeft.After(left, reader.Options.Downtime)));
        reader.Waits.Add(port, waiting);
    }

    private void Write(SnapshotWriter writer, IPortState port)
    {
        var rest = port.Rest;
        writer.Bodies.WriteBool(rest.HasEnded);
        writer.Reference(rest.Name);
        if (rest.HasEnded)
        {
            if (rest.HasFailed)
            {
                throw writer.Refuse($"'{rest.Name}' has ended with an error, which cannot be stored. Do not keep targets that have failed", Type);
            }

            _result?.Write(writer, port);
            return;
        }

        if (rest.WaitsForTask)
        {
            throw writer.Refuse($"it waits for an item or for a task (TryReceiveAsync): {PortableTypes.Refusal(typeof(Task))}", typeof(Task));
        }

        writer.Reference(rest.Waiting);
        writer.Waits.Add(port, rest.Waiting!);
        writer.Bodies.WriteBool(rest.Left is not null);
        if (rest.Left is { } left)
        {
            writer.Bodies.WriteSigned(left.Ticks);
        }
    }
}

/// <summary>The port of a coroutine within a node of a run, such as that of a key: the node is named, and not stored.</summary>
internal sealed class InnerTargetCodec(Type type) : PortCodec(type)
{
    internal const string NodeName = "the node";

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        if (!writer.IsOfNode)
        {
            throw writer.Refuse("it belongs to a run of a pipeline. Only coroutines that were started by hand (Target.Start), and what they send to, can be captured", Type);
        }
    }

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        foreach (var kept in ((IInnerTarget)item).Kept)
        {
            writer.Reference(kept);
        }

        base.WriteBody(writer, item);
    }

    internal override object Create(SnapshotReader reader)
    {
        var target = base.Create(reader);
        if (reader.Options.IsToDescribe)
        {
            return target;
        }

        ((IInnerTarget)target).BelongTo(reader.Options.Outside.TryGetValue(NodeName, out var node) && node is IReceiver owner ? owner : throw new SnapshotException("The snapshot is of a node of a run, and is resumed by hand."));
        return target;
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var target = (IInnerTarget)item;
        var kept = new object?[target.Kept.Length];
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = reader.Reference();
        }

        reader.Check(() => target.Kept = kept); // not before: a value in it may not have been read
        base.ReadBody(reader, item);
    }
}
