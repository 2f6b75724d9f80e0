using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Sluice;

internal sealed class DictionaryCodec<TKey, TValue> : ElementsCodec<Dictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(Dictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(Dictionary<TKey, TValue> collection) => collection.Comparer;

    private protected override void Fill(Dictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer) => Construct(item, elements, (IEqualityComparer<TKey>?)comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(Dictionary<TKey, TValue> item, IEnumerable<KeyValuePair<TKey, TValue>> elements, IEqualityComparer<TKey>? comparer);
}

internal sealed class ConcurrentDictionaryCodec<TKey, TValue> : ElementsCodec<ConcurrentDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(ConcurrentDictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(ConcurrentDictionary<TKey, TValue> collection) => collection.Comparer;

    private protected override void Fill(ConcurrentDictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer) => Construct(item, elements, (IEqualityComparer<TKey>?)comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(ConcurrentDictionary<TKey, TValue> item, IEnumerable<KeyValuePair<TKey, TValue>> elements, IEqualityComparer<TKey>? comparer);
}

internal sealed class OrderedDictionaryCodec<TKey, TValue> : ElementsCodec<OrderedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(OrderedDictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(OrderedDictionary<TKey, TValue> collection) => collection.Comparer;

    private protected override void Fill(OrderedDictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer) => Construct(item, elements, (IEqualityComparer<TKey>?)comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(OrderedDictionary<TKey, TValue> item, IEnumerable<KeyValuePair<TKey, TValue>> elements, IEqualityComparer<TKey>? comparer);
}

internal sealed class SortedDictionaryCodec<TKey, TValue> : ElementsCodec<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(SortedDictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(SortedDictionary<TKey, TValue> collection) => collection.Comparer;

    private protected override void Fill(SortedDictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer)
    {
        Construct(item, (IComparer<TKey>?)comparer);
        Array.ForEach(elements, pair => item.Add(pair.Key, pair.Value));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(SortedDictionary<TKey, TValue> item, IComparer<TKey>? comparer);
}

internal sealed class SortedListCodec<TKey, TValue> : ElementsCodec<SortedList<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(SortedList<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(SortedList<TKey, TValue> collection) => collection.Comparer;

    private protected override void Fill(SortedList<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer)
    {
        Construct(item, (IComparer<TKey>?)comparer);
        Array.ForEach(elements, pair => item.Add(pair.Key, pair.Value));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(SortedList<TKey, TValue> item, IComparer<TKey>? comparer);
}

/// <summary>In the order of its heap, which enqueuing them again leaves as it is: elements of the same priority come out as
/// they would have.</summary>
internal sealed class PriorityQueueCodec<TElement, TPriority> : ElementsCodec<PriorityQueue<TElement, TPriority>, (TElement Element, TPriority Priority)>
{
    private protected override Type OrderedBy => typeof(TPriority);

    private protected override IEnumerable<(TElement Element, TPriority Priority)> ElementsOf(PriorityQueue<TElement, TPriority> collection) => collection.UnorderedItems;

    private protected override object? ComparerOf(PriorityQueue<TElement, TPriority> collection) => collection.Comparer;

    private protected override void Fill(PriorityQueue<TElement, TPriority> item, (TElement Element, TPriority Priority)[] elements, object? comparer)
    {
        Construct(item, (IComparer<TPriority>?)comparer);
        Array.ForEach(elements, pair => item.Enqueue(pair.Element, pair.Priority));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(PriorityQueue<TElement, TPriority> item, IComparer<TPriority>? comparer);
}

internal sealed class ImmutableDictionaryCodec<TKey, TValue> : ElementsCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(ImmutableDictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(ImmutableDictionary<TKey, TValue> collection) => collection.KeyComparer;

    private protected override void Fill(ImmutableDictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer) =>
        CollectionCodecs.Adopt(item, ImmutableDictionary.CreateRange((IEqualityComparer<TKey>?)comparer, elements));
}

internal sealed class ImmutableSortedDictionaryCodec<TKey, TValue> : ElementsCodec<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    private protected override Type OrderedBy => typeof(TKey);

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(ImmutableSortedDictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(ImmutableSortedDictionary<TKey, TValue> collection) => collection.KeyComparer;

    private protected override void Fill(ImmutableSortedDictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer) =>
        CollectionCodecs.Adopt(item, ImmutableSortedDictionary.CreateRange((IComparer<TKey>?)comparer, elements));
}
