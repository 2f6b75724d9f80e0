namespace Sluice;

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
        writer.Waits.Add((T)item);
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        _fields.ReadBody(reader, item);
        reader.Check(() =>
        {
            if (!((T)item).IsBetweenSteps)
            {
                throw new SnapshotException("The snapshot is damaged: a generator in it is executing.");
            }

            reader.Waits.Add((T)item);
        });
    }
}
