using System.Collections.Immutable;

namespace Sluice;

internal sealed class HashSetCodec<T> : ElementsCodec<HashSet<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(HashSet<T> collection) => collection;

    private protected override object? ComparerOf(HashSet<T> collection) => collection.Comparer;

    private protected override void Fill(object item, T[] elements, object? comparer)
    {
        CollectionCodecs.Construct<HashSet<T>>(item, elements, (IEqualityComparer<T>)comparer!);
        Repeated.Refuse(((HashSet<T>)item).Count, elements.Length);
    }
}

internal sealed class SortedSetCodec<T> : ElementsCodec<SortedSet<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(SortedSet<T> collection) => collection;

    private protected override object? ComparerOf(SortedSet<T> collection) => collection.Comparer;

    private protected override void Fill(object item, T[] elements, object? comparer)
    {
        CollectionCodecs.Construct<SortedSet<T>>(item, elements, (IComparer<T>)comparer!);
        Repeated.Refuse(((SortedSet<T>)item).Count, elements.Length);
    }
}

internal sealed class ImmutableHashSetCodec<T> : ElementsCodec<ImmutableHashSet<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ImmutableHashSet<T> collection) => collection;

    private protected override object? ComparerOf(ImmutableHashSet<T> collection) => collection.KeyComparer;

    private protected override void Fill(object item, T[] elements, object? comparer)
    {
        CollectionCodecs.Adopt(item, ImmutableHashSet.Create((IEqualityComparer<T>)comparer!, elements));
        Repeated.Refuse(((ImmutableHashSet<T>)item).Count, elements.Length);
    }
}

internal sealed class ImmutableSortedSetCodec<T> : ElementsCodec<ImmutableSortedSet<T>, T>
{
    private protected override IEnumerable<T> ElementsOf(ImmutableSortedSet<T> collection) => collection;

    private protected override object? ComparerOf(ImmutableSortedSet<T> collection) => collection.KeyComparer;

    private protected override void Fill(object item, T[] elements, object? comparer)
    {
        CollectionCodecs.Adopt(item, ImmutableSortedSet.Create((IComparer<T>)comparer!, elements));
        Repeated.Refuse(((ImmutableSortedSet<T>)item).Count, elements.Length);
    }
}

internal static class Repeated
{
    internal static void Refuse(int count, int expected)
    {
        if (count != expected)
        {
            throw new SnapshotException("The snapshot is damaged: a set has the same element twice.");
        }
    }
}
