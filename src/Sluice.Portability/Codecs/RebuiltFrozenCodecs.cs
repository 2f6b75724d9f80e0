using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Frozen collections with keys, or a comparer, whose objects have to be filled before they can be hashed. Others refer to the collection before that, so it is
/// made as an object of the class that .NET chooses for it, and filled from one that .NET makes in the end.</summary>
internal static class FrozenClasses
{
    /// <summary>More elements than this make no difference for the class.</summary>
    private const int Most = 64;

    internal static Type OfSet(Type element, int count, bool isDefault) =>
        (element.IsValueType ? Set<Probe>(count, isDefault, static i => new(i)) : Set<object>(count, isDefault, static _ => new())).MakeGenericType(element);

    internal static Type OfDictionary(Type key, Type value, int count, bool isDefault) =>
        (key.IsValueType ? Dictionary<Probe>(count, isDefault, static i => new(i)) : Dictionary<object>(count, isDefault, static _ => new())).MakeGenericType(key, value);

    /// <summary>Fills the object with what the other one has.</summary>
    /// <exception cref="InvalidOperationException">They are of different classes.</exception>
    internal static void Fill(object item, object made)
    {
        if (item.GetType() != made.GetType())
        {
            throw new InvalidOperationException("its elements make another kind of frozen collection");
        }

        for (var at = made.GetType(); at is not null; at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                field.SetValue(item, field.GetValue(made));
            }
        }
    }

    internal static NotPortableException RefuseClass(SnapshotWriter writer, Type type) =>
        writer.Refuse("this version of .NET makes a frozen collection of such keys in a way that is not known here. Keep what it was made of, a HashSet or a Dictionary", type);

    private static Type Set<T>(int count, bool isDefault, Func<int, T> make) =>
        Probes(count, make).ToFrozenSet(isDefault ? null : new OtherComparer<T>()).GetType().GetGenericTypeDefinition();

    private static Type Dictionary<T>(int count, bool isDefault, Func<int, T> make)
        where T : notnull =>
        Probes(count, make).ToFrozenDictionary(static key => key, static _ => default(byte), isDefault ? null : new OtherComparer<T>()).GetType().GetGenericTypeDefinition();

    private static IEnumerable<T> Probes<T>(int count, Func<int, T> make) => Enumerable.Range(0, Math.Min(count, Most)).Select(make);

    /// <summary>Stands for a value of which .NET knows nothing.</summary>
    private readonly record struct Probe(int Value);

    /// <summary>Stands for a comparer of which .NET knows nothing.</summary>
    private sealed class OtherComparer<T> : IEqualityComparer<T>
    {
        public bool Equals(T? one, T? other) => EqualityComparer<T>.Default.Equals(one, other);

        public int GetHashCode(T item) => EqualityComparer<T>.Default.GetHashCode(item!);
    }
}

internal sealed class RebuiltFrozenSetCodec<T> : ElementsCodec<FrozenSet<T>, T>
{
    internal override bool IsOfType => false;

    private protected override Type OrderedBy => typeof(T);

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var set = (FrozenSet<T>)item;
        var isDefault = ReferenceEquals(set.Comparer, EqualityComparer<T>.Default);
        if (FrozenClasses.OfSet(typeof(T), set.Count, isDefault) != item.GetType())
        {
            throw FrozenClasses.RefuseClass(writer, Type);
        }

        writer.Heads.WriteCount(set.Count);
        writer.Heads.WriteBool(isDefault);
    }

    internal override object Create(SnapshotReader reader) =>
        RuntimeHelpers.GetUninitializedObject(FrozenClasses.OfSet(typeof(T), reader.PromisedCount(Values<T>.Codec.MinBytes), reader.Heads.ReadBool()));

    private protected override IEnumerable<T> ElementsOf(FrozenSet<T> collection) => collection;

    private protected override object? ComparerOf(FrozenSet<T> collection) => collection.Comparer;

    private protected override void Fill(FrozenSet<T> item, T[] elements, object? comparer) => FrozenClasses.Fill(item, elements.ToFrozenSet((IEqualityComparer<T>?)comparer));
}

internal sealed class RebuiltFrozenDictionaryCodec<TKey, TValue> : ElementsCodec<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    internal override bool IsOfType => false;

    private protected override Type OrderedBy => typeof(TKey);

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var map = (FrozenDictionary<TKey, TValue>)item;
        var isDefault = ReferenceEquals(map.Comparer, EqualityComparer<TKey>.Default);
        if (FrozenClasses.OfDictionary(typeof(TKey), typeof(TValue), map.Count, isDefault) != item.GetType())
        {
            throw FrozenClasses.RefuseClass(writer, Type);
        }

        writer.Heads.WriteCount(map.Count);
        writer.Heads.WriteBool(isDefault);
    }

    internal override object Create(SnapshotReader reader) =>
        RuntimeHelpers.GetUninitializedObject(FrozenClasses.OfDictionary(typeof(TKey), typeof(TValue), reader.PromisedCount(Values<KeyValuePair<TKey, TValue>>.Codec.MinBytes), reader.Heads.ReadBool()));

    private protected override IEnumerable<KeyValuePair<TKey, TValue>> ElementsOf(FrozenDictionary<TKey, TValue> collection) => collection;

    private protected override object? ComparerOf(FrozenDictionary<TKey, TValue> collection) => collection.Comparer;

    private protected override void Fill(FrozenDictionary<TKey, TValue> item, KeyValuePair<TKey, TValue>[] elements, object? comparer) =>
        FrozenClasses.Fill(item, elements.ToFrozenDictionary((IEqualityComparer<TKey>?)comparer));
}
