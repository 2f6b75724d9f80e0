namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Puts the first items of two sources together, then the second ones, and so on.</summary>
    /// <remarks>The faster source waits for the slower one; at most one item of each is held. It ends when one source has ended
    /// and its items are used up, also while it waits for the other: an item without a partner is dropped.</remarks>
    /// <typeparam name="TFirst">The type of the first source's items.</typeparam>
    /// <typeparam name="TSecond">The type of the second source's items.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="source">The first source.</param>
    /// <param name="other">The second source.</param>
    /// <param name="selector">Makes one item of two. What it throws fails the run, as from this node.</param>
    /// <returns>Both as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    public static Source<TOut> Zip<TFirst, TSecond, TOut>(this Source<TFirst> source, Source<TSecond> other, Func<TFirst, TSecond, TOut> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Source.FanIn<TFirst, TSecond, TOut>(source, other, (first, second, next) => ZipInto(first, second, next, selector), "Zip");
    }

    private static async Coroutine ZipInto<TFirst, TSecond, TOut>(Inbox<TFirst> first, Inbox<TSecond> second, Target<TOut> next, Func<TFirst, TSecond, TOut> selector)
    {
        while (!second.IsOver)
        {
            var left = await first.ReceiveUntilClosed(second);
            if (left.IsClosed)
            {
                return;
            }

            if (left.IsItem)
            {
                await next.SendAsync(selector(left.Item, await second.ReceiveAsync()));
            }
        }
    }
}
