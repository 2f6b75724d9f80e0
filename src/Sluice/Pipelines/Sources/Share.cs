namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Makes a hub of the source: it runs once, and any number of pipelines get its items, each from when it subscribes.</summary>
    /// <remarks>Every run of a pipeline with <see cref="SharedSource{T}.Source"/> is a subscriber for as long as it takes items, also one of <c>await foreach</c>
    /// (<see cref="ToAsyncEnumerable"/>). The source runs on the thread pool, by a run of its own. To give every item of one pipeline to several branches, use
    /// <see cref="Broadcast{T}(Source{T}, Sink{T}[])"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="options">How many items are replayed and wait, and what happens without a subscriber; default <see cref="ShareOptions"/>'s own.</param>
    /// <returns>The hub, which has not started.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    public static SharedSource<T> Share<T>(this Source<T> source, ShareOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(source, options ?? ShareOptions.Default);
    }
}
