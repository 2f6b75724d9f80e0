namespace Sluice;

public static partial class SourceOperators
{
    /// <summary>Merges sources whose items are in the order of their times into one in that order.</summary>
    /// <inheritdoc cref="MergeBy{T,TKey}(Source{T}, Func{T,TKey}, Source{T}[])"/>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws
    /// fails the run, as from this node.</param>
    /// <param name="others">The other sources. One that is there twice runs twice.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="timestamp"/> or <paramref name="others"/> is null.</exception>
    public static Source<T> MergeByTime<T>(this Source<T> source, Func<T, DateTimeOffset> timestamp, params Source<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        return MergeSorted(source, others, timestamp, Comparer<DateTimeOffset>.Default, "MergeByTime");
    }

    /// <summary>Merges sources whose items are in the order of a key into one in that order.</summary>
    /// <remarks>It holds one item of each source and sends the least, so it waits until each source that has not ended has given
    /// one: a source that is silent keeps the others waiting. Of equal items those of the earlier source go first. It ends
    /// when all sources have. If one fails it fails when it next needs an item. An item that is less than the one before it in its
    /// own source is an error that fails the run with an <see cref="InvalidOperationException"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key; called once for each. What it throws fails the run, as from this node.</param>
    /// <param name="others">The other sources. One that is there twice runs twice.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> or <paramref name="others"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: one of the sources is null.</exception>
    public static Source<T> MergeBy<T, TKey>(this Source<T> source, Func<T, TKey> keySelector, params Source<T>[] others) =>
        MergeBy(source, keySelector, Comparer<TKey>.Default, others);

    /// <inheritdoc cref="MergeBy{T,TKey}(Source{T}, Func{T,TKey}, Source{T}[])"/>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key; called once for each. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">The order of the keys. What it throws fails the run, as from this node.</param>
    /// <param name="others">The other sources. One that is there twice runs twice.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/>, <paramref name="comparer"/> or
    /// <paramref name="others"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: one of the sources is null.</exception>
    public static Source<T> MergeBy<T, TKey>(this Source<T> source, Func<T, TKey> keySelector, IComparer<TKey> comparer, params Source<T>[] others)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(comparer);
        return MergeSorted(source, others, keySelector, comparer, "MergeBy");
    }

    private static Source<T> MergeSorted<T, TKey>(Source<T> source, Source<T>[] others, Func<T, TKey> keySelector, IComparer<TKey> comparer, string name)
    {
        ArgumentNullException.ThrowIfNull(others);
        return Source.FanIn<T, T>([source, .. others], (inboxes, next) => MergeSortedInto(inboxes, next, keySelector, comparer, name), name);
    }

    private static async Coroutine MergeSortedInto<T, TKey>(IReadOnlyList<Inbox<T>> inboxes, Target<T> next, Func<T, TKey> keySelector, IComparer<TKey> comparer, string name)
    {
        var inputs = inboxes.Select(static inbox => inbox.GetAsyncEnumerator()).ToArray();
        var heads = new PriorityQueue<int, (TKey Key, int Input)>(Comparer<(TKey Key, int Input)>.Create((x, y) =>
            comparer.Compare(x.Key, y.Key) is not 0 and var order ? order : x.Input.CompareTo(y.Input)));
        for (var input = 0; input < inputs.Length; input++)
        {
            if (await inputs[input].MoveNextAsync())
            {
                heads.Enqueue(input, (keySelector(inputs[input].Current), input));
            }
        }

        while (heads.TryDequeue(out var first, out var head))
        {
            await next.SendAsync(inputs[first].Current);
            if (await inputs[first].MoveNextAsync())
            {
                var key = keySelector(inputs[first].Current);
                if (comparer.Compare(key, head.Key) < 0)
                {
                    throw new InvalidOperationException($"Input {first + 1} of the {name} is not in order: {key} came after {head.Key}. Each input must be in the order that it is merged by.");
                }

                heads.Enqueue(first, (key, first));
            }
        }
    }
}
