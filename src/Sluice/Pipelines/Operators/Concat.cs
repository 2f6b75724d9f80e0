namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>The items of this source, then those of the others, one source after the other.</summary>
    /// <remarks>Each starts when the one before it has ended, wherever it runs: only one is open at a time, and one whose turn never comes is
    /// never opened. It ends when the last has ended.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="others">The other sources. One that is there twice runs twice.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentException">Thrown: one of the sources is null.</exception>
    public static Source<T> Concat<T>(this Source<T> source, params Source<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(others);
        return Source.FanIn<T, T>([source, .. others], ConcatInto, "Concat").OpeningInTurn();
    }

    private static async Coroutine ConcatInto<T>(IReadOnlyList<Inbox<T>> inboxes, Target<T> next)
    {
        foreach (var items in inboxes)
        {
            items.OpenInput();
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }
        }
    }
}
