using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Passes on each item the first time that it comes, and leaves out its repetitions.</summary>
    /// <remarks>Without a <paramref name="capacity"/> all different items are kept until the run ends, so the memory grows
    /// with their number, without bound. At the end nothing more is sent.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="comparer">Decides which items are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <param name="capacity">How many different items to remember; 1 or more. Beyond it the one that has not come for the
    /// longest time is forgotten, and passes again when it comes again. Default no limit.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
    public static Stage<T, T> Distinct<T>(IEqualityComparer<T>? comparer = null, int? capacity = null) =>
        Distinct<T, T>(static item => item, comparer, capacity, expression: null);

    /// <summary>Passes on each item whose key comes for the first time, and leaves out those whose key has come before.</summary>
    /// <remarks>Without a <paramref name="capacity"/> all different keys are kept until the run ends, so the memory grows
    /// with their number, without bound. At the end nothing more is sent.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <param name="capacity">How many different keys to remember; 1 or more. Beyond it the one that has not come for the
    /// longest time is forgotten, and its next item passes again. Default no limit.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1.</exception>
    public static Stage<T, T> Distinct<T, TKey>(Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null, int? capacity = null, [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        if (capacity is { } limit)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(capacity));
            return FromOperator<T, T>(next => new DistinctOperator<T, TKey>(next, keySelector, new RecentKeys<TKey>(limit, comparer).Add), "Distinct", expression);
        }

        return FromOperator<T, T>(next => new DistinctOperator<T, TKey>(next, keySelector, new HashSet<TKey>(comparer).Add), "Distinct", expression);
    }

    private sealed class DistinctOperator<T, TKey>(Target<T> next, Func<T, TKey> keySelector, Func<TKey, bool> isNew) : Operator<T, T>(next)
    {
        public override ValueTask SendAsync(T item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            bool passes;
            try
            {
                passes = isNew(keySelector(item));
            }
            catch (Exception error)
            {
                return FailAsync(error);
            }

            return passes ? Next.SendAsync(item) : default;
        }
    }

    /// <summary>A set that forgets the key that was added least recently, whether it was new then or not.</summary>
    private sealed class RecentKeys<TKey>(int capacity, IEqualityComparer<TKey>? comparer)
    {
        private readonly LinkedList<TKey> _byAge = new();
        private readonly HashSet<LinkedListNode<TKey>> _nodes = new(new ByKey(comparer ?? EqualityComparer<TKey>.Default));

        /// <summary>Asks for a key, and becomes its node if it is new: the set is of nodes because a key may be null.</summary>
        private LinkedListNode<TKey> _probe = new(default!);

        internal bool Add(TKey key)
        {
            _probe.Value = key;
            if (_nodes.TryGetValue(_probe, out var known))
            {
                _byAge.Remove(known);
                _byAge.AddLast(known);
                return false;
            }

            var node = _probe;
            if (_nodes.Count < capacity)
            {
                _probe = new(default!);
            }
            else
            {
                _probe = _byAge.First!;
                _nodes.Remove(_probe);
                _byAge.Remove(_probe);
            }

            _nodes.Add(node);
            _byAge.AddLast(node);
            return true;
        }

        private sealed class ByKey(IEqualityComparer<TKey> comparer) : IEqualityComparer<LinkedListNode<TKey>>
        {
            public bool Equals(LinkedListNode<TKey>? x, LinkedListNode<TKey>? y) => comparer.Equals(x!.Value, y!.Value);

            public int GetHashCode(LinkedListNode<TKey> node) => node.Value is { } key ? comparer.GetHashCode(key) : 0;
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Distinct{T}(IEqualityComparer{T}, int?)"/>
    /// <param name="source">The source.</param>
    /// <param name="comparer">Decides which items are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <param name="capacity">How many different items to remember; 1 or more. Beyond it the one that has not come for the
    /// longest time is forgotten, and passes again when it comes again. Default no limit.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Distinct<T>(this Source<T> source, IEqualityComparer<T>? comparer = null, int? capacity = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Distinct(comparer, capacity));
    }

    /// <inheritdoc cref="Stage.Distinct{T, TKey}(Func{T, TKey}, IEqualityComparer{TKey}, int?, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <param name="capacity">How many different keys to remember; 1 or more. Beyond it the one that has not come for the
    /// longest time is forgotten, and its next item passes again. Default no limit.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Distinct<T, TKey>(this Source<T> source, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null, int? capacity = null, [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Distinct(keySelector, comparer, capacity, expression));
    }
}
