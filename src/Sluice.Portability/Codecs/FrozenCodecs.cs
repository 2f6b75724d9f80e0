using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Sluice;

/// <summary>Frozen collections. What one is inside depends on its elements, so it can be made only when they are there. Where its keys are texts, numbers or
/// enumerations, which are made at once, and it is hashed by a comparer of .NET, it is made before others refer to it; elsewhere it is rebuilt.</summary>
internal static class FrozenCodecs
{
    private static readonly Dictionary<Type, Type> s_codecs = new()
    {
        [typeof(FrozenSet<>)] = typeof(FrozenSetCodec<>),
        [typeof(FrozenDictionary<,>)] = typeof(FrozenDictionaryCodec<,>),
    };

    private static readonly ConcurrentDictionary<Type, TypeCodec> s_rebuilding = new();

    internal static IEnumerable<Type> Definitions => s_codecs.Keys;

    /// <summary>The type that a snapshot calls it by, since the one that it has is chosen by .NET for its elements.</summary>
    internal static Type? TypeOf(Type type)
    {
        for (var at = type.Assembly == typeof(FrozenSet).Assembly ? type : null; at is not null; at = at.BaseType)
        {
            if (at.IsGenericType && s_codecs.ContainsKey(at.GetGenericTypeDefinition()))
            {
                return at;
            }
        }

        return null;
    }

    internal static TypeCodec? Find(Type type)
    {
        if (!type.IsGenericType || !s_codecs.TryGetValue(type.GetGenericTypeDefinition(), out var codec))
        {
            return null;
        }

        var arguments = type.GetGenericArguments();
        return !IsMadeAtOnce(arguments[0]) ? Rebuilding(type)
            : arguments.Length > 1 && arguments[1].IsValueType && !IsMadeAtOnce(arguments[1]) ? new RefusedCodec(type, "the values of a frozen dictionary that is stored are objects, texts, numbers or enumerations. Keep what it was made of, a Dictionary")
            : (TypeCodec)Activator.CreateInstance(codec.MakeGenericType(arguments), nonPublic: true)!;
    }

    /// <summary>The codec of a frozen collection; null if it is something else.</summary>
    internal static TypeCodec? Of(object item) =>
        TypeOf(item.GetType()) is not { } type ? null
        : TypeCodec.For(type) is IFrozenCodec codec && SingletonCodec.Find(codec.ComparerOf(item)) is null ? Rebuilding(type)
        : TypeCodec.For(type);

    /// <summary>All codecs by which objects of a type may have been stored.</summary>
    internal static IEnumerable<TypeCodec> All(TypeCodec codec) => codec is IFrozenCodec ? [codec, Rebuilding(codec.Type)] : [codec];

    private static TypeCodec Rebuilding(Type type) => s_rebuilding.GetOrAdd(type, static type => (TypeCodec)Activator.CreateInstance(
        (type.GetGenericTypeDefinition() == typeof(FrozenSet<>) ? typeof(RebuiltFrozenSetCodec<>) : typeof(RebuiltFrozenDictionaryCodec<,>)).MakeGenericType(type.GetGenericArguments()), nonPublic: true)!);

    internal static bool IsMadeAtOnce(Type type) => type == typeof(string) || type.IsEnum || PlainValues.Has(type);

    internal static IEqualityComparer<T> ComparerAt<T>(SnapshotReader reader, ulong id) => reader.At(id) is IEqualityComparer<T> comparer && SingletonCodec.Find(comparer) is not null ? comparer : throw ByteSource.Truncated();
}

/// <summary>A codec that makes the collection before others refer to it.</summary>
internal interface IFrozenCodec
{
    object ComparerOf(object item);
}

internal sealed class FrozenSetCodec<T>() : TypeCodec(typeof(FrozenSet<T>)), IFrozenCodec
{
    private static readonly InlineCodec<T> s_element = InlineCodecs.For<T>(byReflection: false);

    internal override bool IsOfType => false;

    internal override IReadOnlyList<FieldSchema> Layout => s_element.Parts;

    public object ComparerOf(object item) => ((FrozenSet<T>)item).Comparer;

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var set = (FrozenSet<T>)item;
        writer.ReferenceInHead(set.Comparer); // before the elements, which it is asked about
        writer.Heads.WriteCount(set.Count);
        foreach (var element in set)
        {
            var written = element;
            s_element.Write(writer.Heads, ref written);
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        var comparer = reader.Heads.ReadVarint();
        var elements = new T[reader.Heads.ReadCount(s_element.MinBytes)];
        foreach (ref var element in elements.AsSpan())
        {
            s_element.Read(reader.Heads, ref element);
        }

        reader.MakeLate([comparer], () => elements.ToFrozenSet(FrozenCodecs.ComparerAt<T>(reader, comparer)) is var set && set.Count == elements.Length ? set : throw ByteSource.Truncated());
        return null!;
    }
}

internal sealed class FrozenDictionaryCodec<TKey, TValue>() : TypeCodec(typeof(FrozenDictionary<TKey, TValue>)), IFrozenCodec
    where TKey : notnull
{
    private static readonly InlineCodec<TKey> s_key = InlineCodecs.For<TKey>(byReflection: false);

    /// <summary>Null: its values are objects.</summary>
    private static readonly InlineCodec<TValue>? s_value = FrozenCodecs.IsMadeAtOnce(typeof(TValue)) ? InlineCodecs.For<TValue>(byReflection: false) : null;

    internal override bool IsOfType => false;

    internal override IReadOnlyList<FieldSchema> Layout => [.. s_key.Parts, .. s_value?.Parts ?? []];

    public object ComparerOf(object item) => ((FrozenDictionary<TKey, TValue>)item).Comparer;

    internal override void WriteHead(SnapshotWriter writer, object item)
    {
        var map = (FrozenDictionary<TKey, TValue>)item;
        writer.ReferenceInHead(map.Comparer);
        writer.Heads.WriteCount(map.Count);
        foreach (var (key, value) in map)
        {
            var (writtenKey, writtenValue) = (key, value);
            s_key.Write(writer.Heads, ref writtenKey);
            if (s_value is null)
            {
                writer.ReferenceInHead(value);
            }
            else
            {
                s_value.Write(writer.Heads, ref writtenValue);
            }
        }
    }

    internal override object Create(SnapshotReader reader)
    {
        var comparer = reader.Heads.ReadVarint();
        var elements = new KeyValuePair<TKey, TValue>[reader.Heads.ReadCount(s_key.MinBytes + (s_value?.MinBytes ?? 1))];
        var objects = new ulong[s_value is null ? elements.Length : 0];
        for (var i = 0; i < elements.Length; i++)
        {
            var (key, value) = (default(TKey)!, default(TValue)!);
            s_key.Read(reader.Heads, ref key);
            if (s_value is null)
            {
                objects[i] = reader.Heads.ReadVarint();
            }
            else
            {
                s_value.Read(reader.Heads, ref value);
            }

            elements[i] = new(key, value);
        }

        reader.MakeLate([comparer, .. objects], () =>
        {
            for (var i = 0; i < objects.Length; i++)
            {
                elements[i] = new(elements[i].Key, (TValue)reader.At(objects[i])!);
            }

            return elements.ToFrozenDictionary(FrozenCodecs.ComparerAt<TKey>(reader, comparer)) is var map && map.Count == elements.Length ? map : throw ByteSource.Truncated();
        });
        return null!;
    }
}
