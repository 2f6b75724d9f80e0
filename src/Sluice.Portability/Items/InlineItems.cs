namespace Sluice;

/// <summary>Items that are trees: their values one after the other, and nothing else.</summary>
internal sealed class InlineItemWriter<T>(InlineCodec<T> codec, SnapshotOptions options) : ItemWriter<T>
{
    internal override void Write(ByteSink to, T item)
    {
        var start = to.Length;
        try
        {
            codec.Write(to, ref item);
        }
        catch (NotPortableException)
        {
            to.Rewind(start);
            new SnapshotWriter(options).TryWrite(item!); // refuses it too, and knows the way there
            throw;
        }
        catch
        {
            to.Rewind(start);
            throw;
        }
    }
}

internal sealed class InlineItemReader<T>(InlineCodec<T> codec) : ItemReader<T>
{
    internal override T Read(ByteSource from)
    {
        try
        {
            T item = default!;
            codec.Read(from, ref item);
            return item;
        }
        catch (Exception error) when (error is not (SnapshotException or OutOfMemoryException))
        {
            throw new SnapshotException($"An item of type '{typeof(T)}' cannot be read: its bytes are damaged. See the inner exception.", error);
        }
    }
}
