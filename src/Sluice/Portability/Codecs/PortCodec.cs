namespace Sluice;

/// <summary>A port: which coroutine waits there, what it is called, and how it ended if it did.</summary>
internal sealed class PortCodec(Type type) : TypeCodec(type)
{
    /// <summary>Everything that is in use must stand still: the port is held until the capture is over.</summary>
    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var port = (ISnapshotPort)item;
        if (port.TryHold(writer.Holds) && port.IsAtRest)
        {
            port.WriteTo(writer);
        }
        else
        {
            writer.BlockAt(port);
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        var port = base.Create(reader);
        reader.Ports.Add((ISnapshotPort)port);
        return port;
    }

    internal override void ReadBody(SnapshotReader reader, object item) => ((ISnapshotPort)item).ReadFrom(reader);
}

/// <summary>A generator's port, between two steps.</summary>
internal sealed class ExchangeCodec<T>() : TypeCodec(typeof(T))
    where T : class, IExchange
{
    private readonly ObjectCodec<T> _fields = new();

    internal override IReadOnlyList<FieldSchema> Layout => _fields.Layout;

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        if (!((T)item).IsBetweenSteps)
        {
            throw writer.Refuse("the generator is executing", Type);
        }

        _fields.WriteBody(writer, item);
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        _fields.ReadBody(reader, item);
        reader.Finish(() =>
        {
            if (!((T)item).IsBetweenSteps)
            {
                throw new SnapshotException("The snapshot is damaged: a generator in it is executing.");
            }
        });
    }
}
