using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Sluice;

internal sealed class HashSetCodec<T> : ElementsCodec<HashSet<T>, T>
{
    private protected override Type OrderedBy => typeof(T);

    private protected override IEnumerable<T> ElementsOf(HashSet<T> collection) => collection;

    private protected override object? ComparerOf(HashSet<T> collection) => collection.Comparer;

    private protected override void Fill(HashSet<T> item, T[] elements, object? comparer) => Construct(item, elements, (IEqualityComparer<T>?)comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(HashSet<T> item, IEnumerable<T> elements, IEqualityComparer<T>? comparer);
}

internal sealed class SortedSetCodec<T> : ElementsCodec<SortedSet<T>, T>
{
    private protected override Type OrderedBy => typeof(T);

    private protected override IEnumerable<T> ElementsOf(SortedSet<T> collection) => collection;

    private protected override object? ComparerOf(SortedSet<T> collection) => collection.Comparer;

    private protected override void Fill(SortedSet<T> item, T[] elements, object? comparer) => Construct(item, elements, (IComparer<T>?)comparer);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void Construct(SortedSet<T> item, IEnumerable<T> elements, IComparer<T>? comparer);
}

internal sealed class ImmutableHashSetCodec<T> : ElementsCodec<ImmutableHashSet<T>, T>
{
    private protected override Type OrderedBy => typeof(T);

    private protected override IEnumerable<T> ElementsOf(ImmutableHashSet<T> collection) => collection;

    private protected override object? ComparerOf(ImmutableHashSet<T> collection) => collection.KeyComparer;

    private protected override void Fill(ImmutableHashSet<T> item, T[] elements, object? comparer) => CollectionCodecs.Adopt(item, ImmutableHashSet.Create((IEqualityComparer<T>?)comparer, elements));
}

internal sealed class ImmutableSortedSetCodec<T> : ElementsCodec<ImmutableSortedSet<T>, T>
{
    private protected override Type OrderedBy => typeof(T);

    private protected override IEnumerable<T> ElementsOf(ImmutableSortedSet<T> collection) => collection;

    private protected override object? ComparerOf(ImmutableSortedSet<T> collection) => collection.KeyComparer;

    private protected override void Fill(ImmutableSortedSet<T> item, T[] elements, object? comparer) => CollectionCodecs.Adopt(item, ImmutableSortedSet.Create((IComparer<T>?)comparer, elements));
}
