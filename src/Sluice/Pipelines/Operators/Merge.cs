namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>All items of this source and of others, as they come: see <see cref="Source.Merge{T}(Source{T}[])"/>.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="others">The other sources.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentException">Thrown: one of the sources is null.</exception>
    public static Source<T> Merge<T>(this Source<T> source, params Source<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return Source.Merge([source, .. others]);
    }
}
