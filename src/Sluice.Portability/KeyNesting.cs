using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Looks at the keys of a collection before it hashes or compares them. Code that the compiler made for that (of records,
/// anonymous types, tuples and structs) calls itself for each part: in a circle, or too deep, the stack would overflow, and
/// where many share one part it would take exponential time.</summary>
/// <remarks>The application's own <c>GetHashCode</c> is not looked into.</remarks>
internal static class KeyNesting
{
    /// <summary>The depth to which keys may be nested in each other; a call for each level stays far from the end of any thread's stack.</summary>
    internal const int MaxDepth = 1000;

    /// <summary>The number of calls that there may be, beside <see cref="MaxCallsEach"/> for each object.</summary>
    private const long MaxCalls = 1_000_000;

    private const long MaxCallsEach = 1000;

    private static readonly ConcurrentDictionary<Type, FieldInfo[]> s_fields = new();
    private static readonly ConcurrentDictionary<Type, bool> s_isByParts = new();

    /// <summary>Returns whether a key of this type may have parts of its own that are hashed.</summary>
    internal static bool MayNest(Type type)
    {
        if (type.IsEnum || type.IsArray || type.IsPointer || type == typeof(string) || PlainValues.Has(type))
        {
            return false;
        }

        return type.IsValueType ? FieldsOf(type).Length > 0 : !type.IsSealed || IsByParts(type);
    }

    /// <summary>The reason why the keys must not be hashed; null if they may.</summary>
    internal static string? FindFault(IEnumerable<object?> keys)
    {
        var known = new Dictionary<object, (int Depth, long Calls)>(ReferenceEqualityComparer.Instance);
        var path = new Stack<(object Item, FieldInfo[] Fields, int Next, int Depth, long Calls)>();
        var (count, calls) = (0L, 0L);
        foreach (var key in keys)
        {
            if (key is null || FieldsOf(key.GetType()) is not { Length: > 0 } parts)
            {
                continue;
            }

            path.Push((key, parts, 0, 1, 1));
            while (path.TryPop(out var at))
            {
                if (at.Next < at.Fields.Length)
                {
                    var part = at.Fields[at.Next++].GetValue(at.Item);
                    if (part is null || FieldsOf(part.GetType()) is not { Length: > 0 } fields)
                    {
                        path.Push(at);
                    }
                    else if (known.TryGetValue(part, out var before))
                    {
                        path.Push(at with { Depth = Math.Max(at.Depth, before.Depth + 1), Calls = Math.Min(at.Calls + before.Calls, long.MaxValue / 2) });
                    }
                    else
                    {
                        path.Push(at);
                        path.Push((part, fields, 0, 1, 1));
                    }
                }
                else
                {
                    count++;
                    if (!at.Item.GetType().IsValueType)
                    {
                        known[at.Item] = (at.Depth, at.Calls);
                    }

                    if (path.TryPop(out var outer))
                    {
                        path.Push(outer with { Depth = Math.Max(outer.Depth, at.Depth + 1), Calls = Math.Min(outer.Calls + at.Calls, long.MaxValue / 2) });
                    }
                    else
                    {
                        calls = Math.Min(calls + at.Calls, long.MaxValue / 2);
                    }
                }

                if (path.Count > MaxDepth || at.Depth > MaxDepth)
                {
                    return $"one of its keys contains itself, or others more than {MaxDepth} deep, and their hash is made of all of them. Give them an Equals and a GetHashCode of their own, or the collection a comparer";
                }
            }

            if (calls > MaxCalls + (MaxCallsEach * count))
            {
                return "its keys share so many parts that their hashes would take too long. Give them an Equals and a GetHashCode of their own, or the collection a comparer";
            }
        }

        return null;
    }

    /// <summary>The fields that the hash of such an object is made of and that may have parts themselves.</summary>
    private static FieldInfo[] FieldsOf(Type type) => s_fields.GetOrAdd(type, static type =>
    {
        var fields = new List<FieldInfo>();
        for (var at = IsByParts(type) ? type : null; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
        {
            fields.AddRange(at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(static field => MayNest(field.FieldType)));
        }

        return [.. fields];
    });

    private static bool IsByParts(Type type) => s_isByParts.GetOrAdd(type, static type =>
    {
        if (PortableTypes.IsOfFramework(type))
        {
            return typeof(ITuple).IsAssignableFrom(type) || (type.IsGenericType && type.GetGenericTypeDefinition() is var definition && (definition == typeof(KeyValuePair<,>) || definition == typeof(Nullable<>)));
        }

        return IsOfCompiler(type.GetMethod(nameof(GetHashCode), []), type) || IsOfCompiler(type.GetMethod(nameof(Equals), [type.IsValueType ? typeof(object) : type]), type);
    });

    private static bool IsOfCompiler(MethodInfo? method, Type type) => method?.DeclaringType is { } declaring && declaring != typeof(object)
        && (declaring == typeof(ValueType) || method.IsDefined(typeof(CompilerGeneratedAttribute), false) || (declaring == type && declaring.IsDefined(typeof(CompilerGeneratedAttribute), false)));
}
