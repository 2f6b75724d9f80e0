namespace Sluice;

public static partial class Sink
{
    /// <summary>Shares the items out among several sinks by a key: all items of one key go to the same sink, in their order.</summary>
    /// <remarks>The sink is the key's <see cref="StableHash"/> modulo the number of sinks: the same in every process, on every host and after every
    /// restart. The slowest sink sets the pace. A sink that ends early drops out: the items of its keys are dropped from
    /// then on, since they may go nowhere else; when the last sink has ended, so has this node. A sink that fails stops the
    /// run.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>All of them as one sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no sink, one of them is null, or one is there twice; or keys of this type have no stable hash, or
    /// the comparer has none.</exception>
    public static Sink<T> Partition<T, TKey>(Func<T, TKey> keySelector, params Sink<T>[] sinks) =>
        Partition(keySelector, EqualityComparer<TKey>.Default, sinks);

    /// <inheritdoc cref="Partition{T, TKey}(Func{T, TKey}, Sink{T}[])"/>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">Says which keys are the same: one that <see cref="StableHash"/> knows, or that implements <see cref="IStableHash{T}"/>. What it
    /// throws fails the run, as from this node. It is not asked about null.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    public static Sink<T> Partition<T, TKey>(Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer, params Sink<T>[] sinks)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(comparer);
        StableHash.ThrowIfNone(comparer);
        return FanOut<T, T>((items, targets) => PartitionTo(items, targets, keySelector, comparer), "Partition", sinks);
    }

    internal static async Coroutine PartitionTo<T, TKey>(Inbox<T> items, IReadOnlyList<Target<T>> targets, Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer)
    {
        await foreach (var item in items)
        {
            var target = targets[StableHash.PartOf(keySelector(item), targets.Count, comparer)];
            if (!target.IsClosed)
            {
                try
                {
                    await target.SendAsync(item);
                }
                catch (TargetClosedException ended) when (!ended.Failed && target.IsClosed)
                {
                    // It ended with this item: from now on its items are dropped.
                }
            }
        }
    }
}

public static partial class Stage
{
    /// <summary>Shares the items out among several branches of the same stage by a key, and merges what they send: all items of
    /// one key go through the same branch, as with <see cref="Sink.Partition{T, TKey}(Func{T, TKey}, Sink{T}[])"/>.</summary>
    /// <typeparam name="T">The type of the items that come in.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="count">How many branches; 1 or more.</param>
    /// <param name="branch">The stage; each branch is one of its own.</param>
    /// <param name="comparer">Says which keys are the same, as there. Default: the type's own equality.</param>
    /// <returns>All of them as one stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> or <paramref name="branch"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is less than 1.</exception>
    public static Stage<T, TOut> Partition<T, TKey, TOut>(Func<T, TKey> keySelector, int count, Stage<T, TOut> branch, IEqualityComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(branch);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        StableHash.ThrowIfNone(comparer);
        return FanOut<T, T, TOut>((items, targets) => Sink.PartitionTo(items, targets, keySelector, comparer ?? EqualityComparer<TKey>.Default), "Partition", [.. Enumerable.Repeat(branch, count)]);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Partition"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="count">How many branches; 1 or more.</param>
    /// <param name="branch">The stage; each branch is one of its own.</param>
    /// <param name="comparer">Says which keys are the same, as there. Default: the type's own equality.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Partition<T, TKey, TOut>(this Source<T> source, Func<T, TKey> keySelector, int count, Stage<T, TOut> branch, IEqualityComparer<TKey>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Partition(keySelector, count, branch, comparer));
    }

    /// <inheritdoc cref="Sink.Partition{T, TKey}(Func{T, TKey}, Sink{T}[])"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>The pipeline.</returns>
    public static Pipeline Partition<T, TKey>(this Source<T> source, Func<T, TKey> keySelector, params Sink<T>[] sinks)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Partition(keySelector, sinks));
    }

    /// <inheritdoc cref="Sink.Partition{T, TKey}(Func{T, TKey}, IEqualityComparer{TKey}, Sink{T}[])"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">Says which keys are the same: one that <see cref="StableHash"/> knows, or that implements <see cref="IStableHash{T}"/>. What it
    /// throws fails the run, as from this node. It is not asked about null.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>The pipeline.</returns>
    public static Pipeline Partition<T, TKey>(this Source<T> source, Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer, params Sink<T>[] sinks)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Partition(keySelector, comparer, sinks));
    }
}
