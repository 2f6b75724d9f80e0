namespace Sluice;

/// <summary>Writes the items of one stream, one after the other.</summary>
/// <remarks>Owner: the code that sends on the stream; one thread at a time.</remarks>
internal abstract class ItemWriter<T>
{
    /// <summary>Adds an item.</summary>
    /// <remarks>After an exception the sink is as before, and the next item can be written.</remarks>
    /// <exception cref="NotPortableException">Thrown: something in the item cannot be stored.</exception>
    internal abstract void Write(ByteSink to, T item);
}
