using System.Collections.Concurrent;
using System.Reflection;

namespace Sluice;

/// <summary>Objects of .NET that exist once and are found by what they are: default comparers, the system's clock.</summary>
internal sealed class SingletonCodec(Type type, params object[] instances) : TypeCodec(type)
{
    private static readonly ConcurrentDictionary<Type, SingletonCodec> s_comparers = new();
    private static readonly SingletonCodec s_strings = new(typeof(StringComparer), StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase);
    private static readonly SingletonCodec s_time = new(typeof(TimeProvider), TimeProvider.System);

    internal override bool IsOfType => false;

    /// <summary>Null: it is an object like others.</summary>
    internal static SingletonCodec? Find(object item)
    {
        var type = item.GetType();
        var codec = type.Assembly != typeof(object).Assembly ? null
            : item is StringComparer ? s_strings
            : item is TimeProvider ? s_time
            : ForType(type);
        return codec is not null && codec.IndexOf(item) >= 0 ? codec : null;
    }

    /// <summary>The codec of a type by which a snapshot calls such objects.</summary>
    internal static SingletonCodec? ForType(Type type)
    {
        if (type == typeof(StringComparer) || type == typeof(TimeProvider))
        {
            return type == typeof(StringComparer) ? s_strings : s_time;
        }

        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.IsGenericType && at.GetGenericTypeDefinition() is var definition && (definition == typeof(EqualityComparer<>) || definition == typeof(Comparer<>)))
            {
                return s_comparers.GetOrAdd(at, static comparer => new(comparer, comparer.GetProperty("Default", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!));
            }
        }

        return null;
    }

    internal override void WriteHead(SnapshotWriter writer, object item) => writer.Heads.Count(IndexOf(item));

    internal override object Create(SnapshotReader reader)
    {
        var index = reader.Heads.Varint();
        return index < (ulong)instances.Length ? instances[index] : throw ByteSource.Truncated();
    }

    private int IndexOf(object item) => Array.FindIndex(instances, one => ReferenceEquals(one, item) || one.Equals(item));
}
