namespace Sluice;

/// <summary>Items of any shape: each a graph of objects as in a snapshot; the kinds of objects are described once for the
/// stream, before the item that first has them.</summary>
internal sealed class GraphItemWriter<T>(SnapshotOptions options) : ItemWriter<T>
{
    private readonly SnapshotWriter _writer = new(options);

    internal override void Write(ByteSink to, T item)
    {
        var start = to.Length;
        var known = _writer.Codecs.Count;
        try
        {
            if (item is not null)
            {
                WriteGraph(item);
            }

            WriteKinds(to, known);
            to.WriteCount(_writer.Count);
            if (item is not null)
            {
                to.WriteCount(_writer.Heads.Length);
                to.WriteCount(_writer.Bodies.Length);
                to.WriteBytes(_writer.Heads.Written);
                to.WriteBytes(_writer.Bodies.Written);
            }
        }
        catch
        {
            to.Rewind(start);
            _writer.ForgetKinds(known);
            throw;
        }
        finally
        {
            _writer.Holds.Release();
            _writer.Reset(); // keeps nothing of the item
        }
    }

    private void WriteGraph(object item)
    {
        while (true)
        {
            if (!_writer.TryWrite(item))
            {
                throw _writer.Refuse("it is at work. Send it while it waits", _writer.Blocked!.GetType());
            }

            if (!_writer.MustRepeat)
            {
                return;
            }

            _writer.Holds.Release();
            _writer.Repeat();
        }
    }

    private void WriteKinds(ByteSink to, int known)
    {
        var kinds = _writer.Codecs;
        if (kinds.Count > ItemCodecs.MaxKinds)
        {
            throw new NotPortableException($"Items of type '{typeof(T)}' have more than {ItemCodecs.MaxKinds} kinds of objects.", null, null, typeof(T), "too many kinds of objects");
        }

        to.WriteCount(kinds.Count - known);
        for (var i = known; i < kinds.Count; i++)
        {
            var schema = kinds[i].Schema.Bytes;
            to.WriteCount(schema.Length);
            to.WriteBytes(schema);
        }
    }
}

internal sealed class GraphItemReader<T> : ItemReader<T>
{
    private readonly List<TypeCodec> _kinds = [];
    private readonly ByteSource _heads = new([], 0, 0);
    private readonly ByteSource _bodies = new([], 0, 0);
    private readonly SnapshotReader _reader;

    internal GraphItemReader(SnapshotOptions options) => _reader = new(options, _kinds, _heads, _bodies);

    internal override T Read(ByteSource from)
    {
        try
        {
            ReadKinds(from);
            return ReadGraph(from) switch
            {
                T item => item,
                null when default(T) is null => default!,
                var other => throw new SnapshotException($"The item is damaged: it is {(other is null ? "null" : $"a '{other.GetType()}'")}, not a '{typeof(T)}'."),
            };
        }
        catch (Exception error) when (error is not (SnapshotException or OutOfMemoryException))
        {
            throw new SnapshotException($"An item of type '{typeof(T)}' cannot be read: it is damaged, or was made by other code. See the inner exception.", error);
        }
    }

    private void ReadKinds(ByteSource from)
    {
        var count = from.ReadCount();
        if (count > ItemCodecs.MaxKinds - _kinds.Count)
        {
            throw new SnapshotException($"The item is damaged: a stream has more than {ItemCodecs.MaxKinds} kinds of objects.");
        }

        for (; count > 0; count--)
        {
            _kinds.Add(Schemas.Resolve(new SchemaBytes(from.ReadMemory(from.ReadCount())), _reader.Options));
        }
    }

    private object? ReadGraph(ByteSource from)
    {
        var count = from.ReadCount();
        if (count == 0)
        {
            return null;
        }

        var (heads, bodies) = (from.ReadCount(), from.ReadCount());
        if (count > heads)
        {
            throw ByteSource.Truncated();
        }

        from.Part(_heads, heads);
        from.Part(_bodies, bodies);
        try
        {
            var root = _reader.Read(count);
            if (root is T)
            {
                _reader.Ports.ForEach(static port => port.ResumeWait());
            }

            return root;
        }
        finally
        {
            _reader.Reset();
            _heads.Reset([], 0, 0);
            _bodies.Reset([], 0, 0);
        }
    }
}
