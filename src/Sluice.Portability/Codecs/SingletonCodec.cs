using System.Collections.Concurrent;
using System.Reflection;

namespace Sluice;

/// <summary>Objects of .NET that exist once and are found by what they are: default comparers, the system's clock.</summary>
internal sealed class SingletonCodec(Type type, params object[] instances) : TypeCodec(type)
{
    private static readonly ConcurrentDictionary<Type, SingletonCodec> s_comparers = new();
    private static readonly SingletonCodec[] s_others =
    [
        new(typeof(StringComparer), StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase),
        new(typeof(TimeProvider), TimeProvider.System),
        new(typeof(ReferenceEqualityComparer), ReferenceEqualityComparer.Instance),
    ];

    internal override bool IsOfType => false;

    internal static IEnumerable<Type> Types => s_others.Select(static codec => codec.Type);

    /// <summary>Null: it is an object like others.</summary>
    internal static SingletonCodec? Find(object item)
    {
        if (item.GetType().Assembly != typeof(object).Assembly)
        {
            return null;
        }

        for (var at = item.GetType(); at is not null; at = at.BaseType)
        {
            if (ForType(at) is { } codec)
            {
                return codec.IndexOf(item) >= 0 ? codec : null;
            }
        }

        return null;
    }

    /// <summary>The codec of a type by which a snapshot calls such objects.</summary>
    internal static SingletonCodec? ForType(Type type) =>
        Array.Find(s_others, codec => codec.Type == type)
        ?? (type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == typeof(EqualityComparer<>) || definition == typeof(Comparer<>))
            ? s_comparers.GetOrAdd(type, static comparer => new(comparer, comparer.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!))
            : null);

    internal override void WriteHead(SnapshotWriter writer, object item) => writer.Heads.WriteCount(IndexOf(item));

    internal override object Create(SnapshotReader reader)
    {
        var index = reader.Heads.ReadVarint();
        return index < (ulong)instances.Length ? instances[index] : throw ByteSource.Truncated();
    }

    private int IndexOf(object item) => Array.FindIndex(instances, one => ReferenceEquals(one, item) || one.Equals(item));
}
