using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Pairs the items of two sources that have equal keys and whose timestamps are at most a window apart.</summary>
    /// <remarks>
    /// <para>Every such pair goes out once, when the later one of the two is taken; an item may be in any number of pairs, or in none.
    /// The next item is always taken from the source that is behind in time: so the other one waits, and a source that is silent keeps
    /// the other waiting. Which pairs there are does not depend on how fast the sources are.</para>
    /// <para>An item is held until the other source has come so far that nothing within the window can follow: the greatest timestamp
    /// seen there, less <paramref name="allowedLateness"/>, is more than the window later. An item that comes later than that in its own
    /// source is late: it goes to <paramref name="lateFirst"/> or <paramref name="lateSecond"/> and into no pair. One item whose
    /// timestamp is far ahead makes all others of its source late.</para>
    /// <para>When one source ends, the other goes on as long as items of the ended one are held, and then is ended. A source that
    /// fails fails the run.</para>
    /// </remarks>
    /// <typeparam name="TFirst">The type of the first source's items.</typeparam>
    /// <typeparam name="TSecond">The type of the second source's items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="source">The first source.</param>
    /// <param name="other">The second source.</param>
    /// <param name="firstKey">Gives the key of an item of the first source. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="secondKey">The same for the second source.</param>
    /// <param name="firstTimestamp">Gives the moment to which an item of the first source belongs; only its instant counts, not its offset.
    /// What it throws fails the run, as from this node.</param>
    /// <param name="secondTimestamp">The same for the second source.</param>
    /// <param name="window">How far apart the two items of a pair are at the most, in either order; zero or more.</param>
    /// <param name="selector">Makes one item of two. What it throws fails the run, as from this node.</param>
    /// <param name="capacity">How many items may be held of both sources together; 1 or more. One more fails the run with an
    /// <see cref="InvalidOperationException"/>. Memory is taken only as items come.</param>
    /// <param name="allowedLateness">How much later than the latest item of its source an item may come; zero or more. Default: zero, items
    /// come in order.</param>
    /// <param name="lateFirst">Called with each late item of the first source, as part of the node: what it throws fails the run. Default:
    /// late items are dropped.</param>
    /// <param name="lateSecond">The same for the second source.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's own
    /// equality.</param>
    /// <returns>Both as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: a source, or a function that is no option, is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="window"/> or <paramref name="allowedLateness"/> is negative, or
    /// <paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="lateFirst"/> or <paramref name="lateSecond"/> is an <c>async void</c>
    /// method.</exception>
    public static Source<TOut> Join<TFirst, TSecond, TKey, TOut>(
        this Source<TFirst> source,
        Source<TSecond> other,
        Func<TFirst, TKey> firstKey,
        Func<TSecond, TKey> secondKey,
        Func<TFirst, DateTimeOffset> firstTimestamp,
        Func<TSecond, DateTimeOffset> secondTimestamp,
        TimeSpan window,
        Func<TFirst, TSecond, TOut> selector,
        int capacity,
        TimeSpan allowedLateness = default,
        Action<TFirst>? lateFirst = null,
        Action<TSecond>? lateSecond = null,
        IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull => JoinOf(source, other, firstKey, secondKey, firstTimestamp, secondTimestamp, window, selector, capacity, allowedLateness, Callback.Of(lateFirst), Callback.Of(lateSecond), comparer);

    /// <inheritdoc cref="Join{TFirst, TSecond, TKey, TOut}(Source{TFirst}, Source{TSecond}, Func{TFirst, TKey}, Func{TSecond, TKey}, Func{TFirst, DateTimeOffset}, Func{TSecond, DateTimeOffset}, TimeSpan, Func{TFirst, TSecond, TOut}, int, TimeSpan, Action{TFirst}, Action{TSecond}, IEqualityComparer{TKey})"/>
    /// <param name="source">The first source.</param>
    /// <param name="other">The second source.</param>
    /// <param name="firstKey">Gives the key of an item of the first source. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="secondKey">The same for the second source.</param>
    /// <param name="firstTimestamp">Gives the moment to which an item of the first source belongs; only its instant counts, not its offset.
    /// What it throws fails the run, as from this node.</param>
    /// <param name="secondTimestamp">The same for the second source.</param>
    /// <param name="window">How far apart the two items of a pair are at the most, in either order; zero or more.</param>
    /// <param name="selector">Makes one item of two. What it throws fails the run, as from this node.</param>
    /// <param name="capacity">How many items may be held of both sources together; 1 or more. One more fails the run with an
    /// <see cref="InvalidOperationException"/>. Memory is taken only as items come.</param>
    /// <param name="allowedLateness">How much later than the latest item of its source an item may come; zero or more. Default: zero, items
    /// come in order.</param>
    /// <param name="lateFirst">Called with each late item of the first source, as part of the node, which takes no item until it is done; what it
    /// throws, or its task ends with, fails the run. Default: late items are dropped.</param>
    /// <param name="lateSecond">The same for the second source.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's own
    /// equality.</param>
    [OverloadResolutionPriority(2)]
    public static Source<TOut> Join<TFirst, TSecond, TKey, TOut>(
        this Source<TFirst> source,
        Source<TSecond> other,
        Func<TFirst, TKey> firstKey,
        Func<TSecond, TKey> secondKey,
        Func<TFirst, DateTimeOffset> firstTimestamp,
        Func<TSecond, DateTimeOffset> secondTimestamp,
        TimeSpan window,
        Func<TFirst, TSecond, TOut> selector,
        int capacity,
        TimeSpan allowedLateness = default,
        Func<TFirst, ValueTask>? lateFirst = null,
        Func<TSecond, ValueTask>? lateSecond = null,
        IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull => JoinOf(source, other, firstKey, secondKey, firstTimestamp, secondTimestamp, window, selector, capacity, allowedLateness, lateFirst, lateSecond, comparer);

    /// <inheritdoc cref="Join{TFirst, TSecond, TKey, TOut}(Source{TFirst}, Source{TSecond}, Func{TFirst, TKey}, Func{TSecond, TKey}, Func{TFirst, DateTimeOffset}, Func{TSecond, DateTimeOffset}, TimeSpan, Func{TFirst, TSecond, TOut}, int, TimeSpan, Func{TFirst, ValueTask}, Func{TSecond, ValueTask}, IEqualityComparer{TKey})"/>
    [OverloadResolutionPriority(1)]
    public static Source<TOut> Join<TFirst, TSecond, TKey, TOut>(
        this Source<TFirst> source,
        Source<TSecond> other,
        Func<TFirst, TKey> firstKey,
        Func<TSecond, TKey> secondKey,
        Func<TFirst, DateTimeOffset> firstTimestamp,
        Func<TSecond, DateTimeOffset> secondTimestamp,
        TimeSpan window,
        Func<TFirst, TSecond, TOut> selector,
        int capacity,
        TimeSpan allowedLateness = default,
        Func<TFirst, Task>? lateFirst = null,
        Func<TSecond, Task>? lateSecond = null,
        IEqualityComparer<TKey>? comparer = null)
        where TKey : notnull => JoinOf(source, other, firstKey, secondKey, firstTimestamp, secondTimestamp, window, selector, capacity, allowedLateness, Callback.Of(lateFirst), Callback.Of(lateSecond), comparer);

    private static Source<TOut> JoinOf<TFirst, TSecond, TKey, TOut>(
        Source<TFirst> source,
        Source<TSecond> other,
        Func<TFirst, TKey> firstKey,
        Func<TSecond, TKey> secondKey,
        Func<TFirst, DateTimeOffset> firstTimestamp,
        Func<TSecond, DateTimeOffset> secondTimestamp,
        TimeSpan window,
        Func<TFirst, TSecond, TOut> selector,
        int capacity,
        TimeSpan allowedLateness,
        Func<TFirst, ValueTask>? lateFirst,
        Func<TSecond, ValueTask>? lateSecond,
        IEqualityComparer<TKey>? comparer)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(other);
        ArgumentNullException.ThrowIfNull(firstKey);
        ArgumentNullException.ThrowIfNull(secondKey);
        ArgumentNullException.ThrowIfNull(firstTimestamp);
        ArgumentNullException.ThrowIfNull(secondTimestamp);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(allowedLateness, TimeSpan.Zero);
        return Source.FanIn<TFirst, TSecond, TOut>(source, other, JoinInto, "Join");

        async Coroutine JoinInto(Inbox<TFirst> fromFirst, Inbox<TSecond> fromSecond, Target<TOut> next)
        {
            var (first, second) = (new JoinSide<TFirst, TKey>(firstKey, window, comparer), new JoinSide<TSecond, TKey>(secondKey, window, comparer));
            var (firstLatest, secondLatest) = (-1L, -1L);
            while (true)
            {
                NoteEnd(fromFirst, first, second);
                NoteEnd(fromSecond, second, first);
                if (IsJoined(first, second))
                {
                    return;
                }

                if (second.IsEnded || (!first.IsEnded && firstLatest <= secondLatest))
                {
                    firstLatest = await JoinNext(fromFirst, fromSecond, firstLatest, firstTimestamp, allowedLateness, lateFirst, first, second, next, selector, capacity);
                }
                else
                {
                    secondLatest = await JoinNext(fromSecond, fromFirst, secondLatest, secondTimestamp, allowedLateness, lateSecond, second, first, next, (y, x) => selector(x, y), capacity);
                }
            }
        }
    }

    /// <summary>Takes the next item of one source.</summary>
    /// <returns>The greatest timestamp of that source.</returns>
    private static async Coroutine<long> JoinNext<T, TOther, TKey, TOut>(
        Inbox<T> items,
        Inbox<TOther> others,
        long latest,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan allowedLateness,
        Func<T, ValueTask>? late,
        JoinSide<T, TKey> side,
        JoinSide<TOther, TKey> other,
        Target<TOut> next,
        Func<T, TOther, TOut> selector,
        int capacity)
        where TKey : notnull
    {
        var received = await items.ReceiveUntilClosed(others);
        if (!received.IsItem)
        {
            return latest; // the end of one of them, which is noted next
        }

        var item = received.Item;
        var at = timestamp(item).UtcTicks;
        if (at < side.Progress)
        {
            await (late?.Invoke(item) ?? default);
            return latest;
        }

        latest = Math.Max(latest, at);
        side.Progress = Math.Max(0, latest - allowedLateness.Ticks);
        other.LetGo(side);
        await JoinItem(item, at, side, other, next, selector, capacity);
        return latest;
    }

    /// <summary>An inbox that has nothing more may mean that the other one cannot lead to results either.</summary>
    private static void NoteEnd<T, TOther, TKey>(Inbox<T> items, JoinSide<T, TKey> side, JoinSide<TOther, TKey> other)
        where TKey : notnull
    {
        if (!side.IsEnded && items.IsOver)
        {
            side.IsEnded = true;
            other.LetGo(side);
        }
    }
}
