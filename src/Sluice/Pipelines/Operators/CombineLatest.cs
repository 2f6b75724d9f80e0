namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Whenever one of two sources gives an item, puts it together with the latest of the other.</summary>
    /// <remarks>Nothing is sent before both have given one. It ends when both have ended: what ended first keeps its latest
    /// item. It holds one item of each.</remarks>
    /// <typeparam name="TFirst">The type of the first source's items.</typeparam>
    /// <typeparam name="TSecond">The type of the second source's items.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="source">The first source.</param>
    /// <param name="other">The second source.</param>
    /// <param name="selector">Makes one item of two. What it throws fails the run, as from this node.</param>
    /// <returns>Both as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    public static Source<TOut> CombineLatest<TFirst, TSecond, TOut>(this Source<TFirst> source, Source<TSecond> other, Func<TFirst, TSecond, TOut> selector)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(selector);
        var first = source.Select(static item => new OneOfTwo<TFirst, TSecond>(item, default!, true), null);
        var second = other.Select(static item => new OneOfTwo<TFirst, TSecond>(default!, item, false), null);
        return first.Merge(second).Through(Stage.Create<OneOfTwo<TFirst, TSecond>, TOut>((items, next) => CombineInto(items, next, selector), "CombineLatest"));
    }

    private static async Coroutine CombineInto<TFirst, TSecond, TOut>(Inbox<OneOfTwo<TFirst, TSecond>> items, Target<TOut> next, Func<TFirst, TSecond, TOut> selector)
    {
        var (first, second) = (default(TFirst)!, default(TSecond)!);
        var (hasFirst, hasSecond) = (false, false);
        await foreach (var item in items)
        {
            (first, second) = item.IsFirst ? (item.First, second) : (first, item.Second);
            hasFirst |= item.IsFirst;
            hasSecond |= !item.IsFirst;
            if (hasFirst && hasSecond)
            {
                await next.SendAsync(selector(first, second));
            }
        }
    }

    private readonly record struct OneOfTwo<TFirst, TSecond>(TFirst First, TSecond Second, bool IsFirst);
}
