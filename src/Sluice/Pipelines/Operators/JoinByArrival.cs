namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Pairs the items of two sources that have equal keys and that come at most a window apart, by the run's clock.</summary>
    /// <remarks>
    /// <para>Every such pair goes out once, when the later one of the two comes; an item may be in any number of pairs, or in none. Items are
    /// taken as they come, and belong to the time at which they are taken, which is later than they came if the receiver is slow. An
    /// item is held until its window is over.</para>
    /// <para>It ends when both sources have, or when one has and none of its items is held any more. A source that fails fails the run.</para>
    /// </remarks>
    /// <typeparam name="TFirst">The type of the first source's items.</typeparam>
    /// <typeparam name="TSecond">The type of the second source's items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="source">The first source.</param>
    /// <param name="other">The second source.</param>
    /// <param name="firstKey">Gives the key of an item of the first source. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="secondKey">The same for the second source.</param>
    /// <param name="window">How far apart the two items of a pair come at the most, in either order; zero or more.</param>
    /// <param name="selector">Makes one item of two. What it throws fails the run, as from this node.</param>
    /// <param name="capacity">How many items may be held of both sources together; 1 or more. One more fails the run with an
    /// <see cref="InvalidOperationException"/>. Memory is taken only as items come.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's own
    /// equality.</param>
    /// <returns>Both as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: a source, or a function that is no option, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="window"/> is negative, or <paramref name="capacity"/> is
    /// less than 1.</exception>
    public static Source<TOut> Join<TFirst, TSecond, TKey, TOut>(
        this Source<TFirst> source,
        Source<TSecond> other,
        Func<TFirst, TKey> firstKey,
        Func<TSecond, TKey> secondKey,
        TimeSpan window,
        Func<TFirst, TSecond, TOut> selector,
        int capacity,
        IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(firstKey);
        ArgumentNullException.ThrowIfNull(secondKey);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return Either(source, other).Through<TOut>(JoinInto, "Join");

        async Coroutine JoinInto(Inbox<OneOfTwo<TFirst, TSecond>> items, Target<TOut> next)
        {
            var began = new ElapsedTime(items.TimeProvider); // not a timestamp: it means nothing in the process that goes on
            var (first, second) = (new JoinSide<TFirst, TKey>(firstKey, window, comparer), new JoinSide<TSecond, TKey>(secondKey, window, comparer));
            while (!IsJoined(first, second))
            {
                var now = began.Value.Ticks;
                var received = await items.TryReceiveAsync(UntilOneIsTooOld(first.TimeLeft(now), second.TimeLeft(now)));
                if (received.IsClosed)
                {
                    return;
                }

                now = began.Value.Ticks;
                (first.Progress, second.Progress) = (now, now);
                first.IsEnded |= received.IsItem && received.Item is { IsEnd: true, IsFirst: true };
                second.IsEnded |= received.IsItem && received.Item is { IsEnd: true, IsFirst: false };
                first.LetGo(second);
                second.LetGo(first);
                if (received.IsItem && !received.Item.IsEnd)
                {
                    await (received.Item.IsFirst
                        ? JoinItem(received.Item.First, now, first, second, next, selector, capacity)
                        : JoinItem(received.Item.Second, now, second, first, next, (y, x) => selector(x, y), capacity));
                }
            }
        }
    }

    /// <summary>The shorter time of those that there are.</summary>
    private static TimeSpan UntilOneIsTooOld(TimeSpan? first, TimeSpan? second)
    {
        var time = first < second || second is null ? first : second;
        return time is null ? System.Threading.Timeout.InfiniteTimeSpan : time < TimeSpan.Zero ? TimeSpan.Zero : time.Value;
    }
}
