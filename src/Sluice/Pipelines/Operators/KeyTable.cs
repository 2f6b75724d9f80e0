using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <content>The keys that <c>ForEachKey</c> has stages for.</content>
public static partial class Stage
{
    /// <summary>The keys and their stages, in the order of the first item or, if keys are evicted, of the last one.</summary>
    private sealed class KeyTable<TKey, TStages>(KeyedOptions options, IEqualityComparer<TKey>? comparer, TimeProvider clock) : IKeptState
        where TKey : notnull
        where TStages : struct, IEquatable<TStages>
    {
        private const int None = -1;

        /// <summary>With the target, though the slot has it too: of a million keys each look into another array is a cache
        /// miss.</summary>
        private readonly Dictionary<TKey, (TStages Target, int Slot)> _known = new(comparer);
        private readonly bool _isByLastItem = options.MaxKeys is not null || options.EvictsIdleKeys;
        private readonly ElapsedTime _began = new(clock);
        private Slot[] _slots = new Slot[4];

        /// <summary>The time at which the last item of each slot's key was handled, in ticks of the elapsed time. Apart from the slots, which are smaller without it.</summary>
        private long[]? _handledAt = options.EvictsIdleKeys ? new long[4] : null;
        private int _used; // slots that were ever taken
        private int _free = None; // head of those given back, linked by After
        private int _first = None;
        private int _last = None;

        /// <summary>Each slot that was ever taken is in one of two chains that end: of keys, both ways, or of those given back. A key's slot has the
        /// same key and the same stages.</summary>
        bool IKeptState.IsWhole
        {
            get
            {
                if (_slots is null || _known is null || _used < 0 || _used > _slots.Length || (_handledAt is not null && _handledAt.Length < _slots.Length))
                {
                    return false;
                }

                var (chained, before) = (new HashSet<int>(), None);
                for (var slot = _first; slot != None; (before, slot) = (slot, _slots[slot].After))
                {
                    if ((uint)slot >= (uint)_used || _slots[slot].Before != before || !chained.Add(slot))
                    {
                        return false;
                    }
                }

                var count = chained.Count;
                for (var slot = _free; slot != None; slot = _slots[slot].After)
                {
                    if ((uint)slot >= (uint)_used || ++count > _used)
                    {
                        return false;
                    }
                }

                return count == _used && before == _last && _known.Count == chained.Count && _known.All(pair => chained.Remove(pair.Value.Slot) && _slots[pair.Value.Slot] is var slot && slot.Target.Equals(pair.Value.Target) && _known.Comparer.Equals(slot.Key, pair.Key));
            }
        }

        internal bool IsFull => _known.Count >= options.MaxKeys;

        /// <summary>The time until the first key will have been idle for too long: zero if it has.</summary>
        internal TimeSpan UntilIdle => _first == None || _handledAt is null ? s_forever : TimeLeft(_began, new(_handledAt[_first]), options.IdleTimeout);

        /// <param name="key">The key.</param>
        /// <param name="target">Nothing if the key's stages have ended and the key is only remembered.</param>
        /// <param name="slot">Where the key is, for <see cref="Ended"/>.</param>
        /// <returns>False if the key is not known.</returns>
        internal bool TryUse(TKey key, out TStages target, out int slot)
        {
            var isKnown = _known.TryGetValue(key, out var known);
            (target, slot) = known;
            if (isKnown && _isByLastItem && slot != _last)
            {
                Unlink(slot);
                LinkLast(slot);
            }

            return isKnown;
        }

        internal int Add(TKey key, TStages target)
        {
            var slot = _free;
            if (slot != None)
            {
                _free = _slots[slot].After;
            }
            else
            {
                slot = _used++;
                if (slot == _slots.Length)
                {
                    Array.Resize(ref _slots, 2 * slot);
                    if (_handledAt is not null)
                    {
                        Array.Resize(ref _handledAt, 2 * slot);
                    }
                }
            }

            _known.Add(key, (target, slot));
            _slots[slot].Key = key;
            _slots[slot].Target = target;
            LinkLast(slot);
            return slot;
        }

        /// <summary>An item of the key has been handled: its idle time begins.</summary>
        internal void Handled(int slot) => _handledAt?[slot] = _began.Value.Ticks;

        /// <summary>The stages have ended by themselves.</summary>
        internal void Ended(int slot)
        {
            if (options.WhenEnded == EndedKey.StartAgain)
            {
                Remove(slot);
            }
            else
            {
                _slots[slot].Target = default;
                _known[_slots[slot].Key] = (default, slot);
            }
        }

        internal (TKey Key, TStages Target) Evict()
        {
            var (key, target) = (_slots[_first].Key, _slots[_first].Target);
            Remove(_first);
            return (key, target);
        }

        /// <summary>The first key whose stages are as wanted.</summary>
        internal bool TryFindFirst(Func<TStages, bool> isWanted, [MaybeNullWhen(false)] out TKey key, out TStages target)
        {
            for (var slot = _first; slot != None; slot = _slots[slot].After)
            {
                (key, target) = (_slots[slot].Key, _slots[slot].Target);
                if (isWanted(target))
                {
                    return true;
                }
            }

            (key, target) = (default, default);
            return false;
        }

        /// <summary>Lets a key go, if these are its stages.</summary>
        internal bool TryRemove(TKey key, TStages stages)
        {
            if (!_known.TryGetValue(key, out var known) || !known.Target.Equals(stages))
            {
                return false;
            }

            Remove(known.Slot);
            return true;
        }

        /// <summary>Takes the next one at the end of all; the comparer, which may be what has failed, is not asked.</summary>
        internal bool TryTake([MaybeNullWhen(false)] out TKey key, out TStages target)
        {
            if (_first == None)
            {
                (key, target) = (default, default);
                return false;
            }

            (key, target) = (_slots[_first].Key, _slots[_first].Target);
            GiveBack(_first);
            return true;
        }

        private void Remove(int slot)
        {
            _known.Remove(_slots[slot].Key);
            GiveBack(slot);
        }

        private void GiveBack(int slot)
        {
            Unlink(slot);
            _slots[slot] = new Slot { After = _free };
            _free = slot;
        }

        private void LinkLast(int slot)
        {
            _slots[slot].Before = _last;
            _slots[slot].After = None;
            if (_last == None)
            {
                _first = slot;
            }
            else
            {
                _slots[_last].After = slot;
            }

            _last = slot;
        }

        private void Unlink(int slot)
        {
            var (before, after) = (_slots[slot].Before, _slots[slot].After);
            if (before == None)
            {
                _first = after;
            }
            else
            {
                _slots[before].After = after;
            }

            if (after == None)
            {
                _last = before;
            }
            else
            {
                _slots[after].Before = before;
            }
        }

        private struct Slot
        {
            internal TKey Key;
            internal TStages Target;
            internal int Before;
            internal int After;
        }
    }
}
