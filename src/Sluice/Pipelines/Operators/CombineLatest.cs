namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Whenever one of two sources gives an item, puts it together with the latest of the other.</summary>
    /// <remarks>Nothing is sent before both have given one. It ends when both have ended: what ended first keeps its latest
    /// item; or when one has ended without an item. It holds one item of each.</remarks>
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
        return Either(source, other).Through(Stage.Create<OneOfTwo<TFirst, TSecond>, TOut>((items, next) => CombineInto(items, next, selector), "CombineLatest"));
    }

    private static async Coroutine CombineInto<TFirst, TSecond, TOut>(Inbox<OneOfTwo<TFirst, TSecond>> items, Target<TOut> next, Func<TFirst, TSecond, TOut> selector)
    {
        var (first, second) = (default(TFirst)!, default(TSecond)!);
        var (hasFirst, hasSecond) = (false, false);
        await foreach (var item in items)
        {
            if (item.IsEnd)
            {
                if (item.IsFirst ? !hasFirst : !hasSecond)
                {
                    return; // there will never be both
                }

                continue;
            }

            (first, second) = item.IsFirst ? (item.First, second) : (first, item.Second);
            hasFirst |= item.IsFirst;
            hasSecond |= !item.IsFirst;
            if (hasFirst && hasSecond)
            {
                await next.SendAsync(selector(first, second));
            }
        }
    }

    /// <summary>The items of two sources as they come, and behind those of each its end.</summary>
    private static Source<OneOfTwo<TFirst, TSecond>> Either<TFirst, TSecond>(Source<TFirst> first, Source<TSecond> second)
    {
        var firsts = first.Through(Stage.FromOperator<TFirst, OneOfTwo<TFirst, TSecond>>(
            static next => new WithEnd<TFirst, OneOfTwo<TFirst, TSecond>>(next, static item => new(item, default!, true, false), new(default!, default!, true, true)), "Select"));
        return firsts.Merge(second.Through(Stage.FromOperator<TSecond, OneOfTwo<TFirst, TSecond>>(
            static next => new WithEnd<TSecond, OneOfTwo<TFirst, TSecond>>(next, static item => new(default!, item, false, false), new(default!, default!, false, true)), "Select")));
    }

    /// <summary>Sends one more item when its input has ended.</summary>
    private sealed class WithEnd<TIn, TOut>(Target<TOut> next, Func<TIn, TOut> selector, TOut end) : Operator<TIn, TOut>(next)
    {
        public override ValueTask SendAsync(TIn item) => IsClosed ? RefuseAsync() : Next.SendAsync(selector(item));

        private protected override void InputClosed() => EndAfter(end);
    }

    /// <summary>An item of one of two sources, or its end.</summary>
    private readonly record struct OneOfTwo<TFirst, TSecond>(TFirst First, TSecond Second, bool IsFirst, bool IsEnd);
}
