namespace Sluice;

/// <summary>Reads the items of one stream in the order in which they were written.</summary>
/// <remarks>Owner: the code that receives from the stream; one thread at a time.</remarks>
internal abstract class ItemReader<T>
{
    /// <summary>Reads exactly one item.</summary>
    /// <remarks>After an exception the stream is lost: what follows cannot be told from its middle.</remarks>
    /// <exception cref="SnapshotException">Thrown: the bytes are not an item.</exception>
    internal abstract T Read(ByteSource from);
}
