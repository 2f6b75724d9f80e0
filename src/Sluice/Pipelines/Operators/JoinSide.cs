namespace Sluice;

/// <content>The items that both joins keep of each of their sources, and how they pair them.</content>
public static partial class SourceOperators
{
    /// <summary>Pairs an item with what is held of the other source, and holds it if more may come for it.</summary>
    private static async Coroutine JoinItem<T, TOther, TKey, TOut>(
        T item, long at, JoinSide<T, TKey> side, JoinSide<TOther, TKey> other, Target<TOut> next, Func<T, TOther, TOut> selector, int capacity)
        where TKey : notnull
    {
        var key = side.KeyOf(item);
        foreach (var match in other.Around(key, at))
        {
            await next.SendAsync(selector(item, match));
        }

        if (other.MayReach(at))
        {
            if (side.Count + other.Count >= capacity)
            {
                throw new InvalidOperationException(
                    $"The join holds {capacity} items that may still find a partner, and one more has come. Give it a greater capacity or a shorter window.");
            }

            side.Hold(key, at, item);
        }
    }

    /// <summary>Returns whether no further pair can come.</summary>
    private static bool IsJoined<TFirst, TSecond, TKey>(JoinSide<TFirst, TKey> first, JoinSide<TSecond, TKey> second)
        where TKey : notnull => (first.IsEnded && first.Count == 0) || (second.IsEnded && second.Count == 0);

    /// <summary>The items of one source that may still find a partner, by key and by time. Moments are ticks.</summary>
    private sealed class JoinSide<T, TKey>(Func<T, TKey> keySelector, TimeSpan window, IEqualityComparer<TKey>? comparer)
        where TKey : notnull
    {
        private readonly Dictionary<TKey, HeldItems> _byKey = new(comparer);

        /// <summary>An entry for each held item: whose first item is the oldest of all.</summary>
        private readonly PriorityQueue<TKey, long> _byTime = new();

        internal int Count => _byTime.Count;

        internal bool IsEnded { get; set; }

        /// <summary>Its later items are not earlier than this; 0 or more.</summary>
        internal long Progress { get; set; }

        internal TKey KeyOf(T item) => keySelector(item);

        /// <summary>The held items of a key that are within the window around a moment, in the order of their times.</summary>
        internal IEnumerable<T> Around(TKey key, long at) => _byKey.TryGetValue(key, out var held) ? held.Between(at, window.Ticks) : [];

        /// <summary>Returns whether an item of the other source may come that is within the window of a moment.</summary>
        internal bool MayReach(long at) => !IsEnded && Progress - at <= window.Ticks;

        internal void Hold(TKey key, long at, T item)
        {
            if (!_byKey.TryGetValue(key, out var held))
            {
                _byKey.Add(key, held = new());
            }

            held.Add(at, item);
            _byTime.Enqueue(key, at);
        }

        /// <summary>Lets go of the items that nothing of the other source can reach any more.</summary>
        internal void LetGo<TOther>(JoinSide<TOther, TKey> other)
        {
            while (_byTime.TryPeek(out var key, out var at) && !other.MayReach(at))
            {
                _byTime.Dequeue();
                if (_byKey[key].RemoveFirst())
                {
                    _byKey.Remove(key);
                }
            }
        }

        /// <summary>The time until the oldest item is too old; null if there is none.</summary>
        internal TimeSpan? TimeLeft(long now) =>
            _byTime.TryPeek(out _, out var at) ? TimeSpan.FromTicks(Math.Min(window.Ticks, long.MaxValue - 1) - (now - at) + 1) : null;

        /// <summary>The items of one key in the order of their times.</summary>
        private sealed class HeldItems
        {
            private readonly List<(long At, T Item)> _items = [];
            private int _first; // those before it were removed

            internal void Add(long at, T item)
            {
                var index = _items.Count;
                while (index > _first && _items[index - 1].At > at)
                {
                    index--;
                }

                _items.Insert(index, (at, item));
            }

            /// <summary>True if it was the last one.</summary>
            internal bool RemoveFirst()
            {
                _items[_first++] = default;
                if (2 * _first > _items.Count)
                {
                    _items.RemoveRange(0, _first); // so seldom that it costs nothing for each item
                    _first = 0;
                }

                return _items.Count == 0;
            }

            internal IEnumerable<T> Between(long at, long window)
            {
                var (low, high) = (_first, _items.Count);
                while (low < high)
                {
                    var middle = (low + high) / 2;
                    (low, high) = at - _items[middle].At > window ? (middle + 1, high) : (low, middle);
                }

                for (; low < _items.Count && _items[low].At - at <= window; low++)
                {
                    yield return _items[low].Item;
                }
            }
        }
    }
}
