using System.Collections;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>The fixed list of .NET's own types that a snapshot may have, and why others cannot be stored.</summary>
internal static class PortableTypes
{
    /// <summary>Stored field by field, like a type of the application.</summary>
    private static readonly HashSet<Type> s_plain =
    [
        typeof(object), typeof(ValueTuple), typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>), typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>),
        typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>), typeof(KeyValuePair<,>), typeof(DictionaryEntry), typeof(List<>.Enumerator),
        typeof(Vector2), typeof(Vector3), typeof(Vector4), typeof(Quaternion), typeof(Plane), typeof(Matrix3x2), typeof(Matrix4x4), .. ArrayEnumerators(),
        typeof(StrongBox<>), typeof(Complex), typeof(Index), typeof(Range), typeof(ImmutableArray<>), typeof(ArraySegment<>), typeof(Random),
        typeof(Collection<>), typeof(ObservableCollection<>), typeof(ReadOnlyCollection<>), typeof(ReadOnlyDictionary<,>), typeof(ReadOnlySet<>),
        Comparer<int>.Create(static (_, _) => 0).GetType().GetGenericTypeDefinition(), EqualityComparer<int>.Create(static (_, _) => true).GetType().GetGenericTypeDefinition(),
        .. typeof(Random).GetNestedTypes(BindingFlags.NonPublic).Where(static type => !type.IsAbstract || type.Name == "ImplBase"),
    ];

    /// <summary>Stored by codecs of their own.</summary>
    private static readonly HashSet<Type> s_special =
    [
        .. PlainValues.Types, .. CollectionCodecs.Definitions, .. FrozenCodecs.Definitions, .. JsonNodeCodecs.Types, typeof(JsonNode), .. LeafCodecs.Types, .. SingletonCodec.Types, typeof(Nullable<>), typeof(ReadOnlyMemory<>), typeof(EqualityComparer<>), typeof(Comparer<>),
        typeof(Array), typeof(ValueType), typeof(Enum),
    ];

    /// <summary>No value of them is ever stored, nor an exception; but delegates that are have them in their signatures.</summary>
    private static readonly HashSet<Type> s_signatures = [typeof(CancellationToken), typeof(Task), typeof(Task<>), typeof(ValueTask), typeof(ValueTask<>)];

    internal static IEnumerable<Assembly> Assemblies => s_plain.Concat(s_special).Select(static type => type.Assembly).Distinct();

    /// <summary>Returns whether a snapshot may have the type itself, apart from its arguments. Interfaces, delegates and enumerations of
    /// these assemblies do nothing by themselves.</summary>
    internal static bool IsListed(Type type)
    {
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return s_plain.Contains(definition) || s_special.Contains(definition) || s_signatures.Contains(definition)
            || (Assemblies.Contains(type.Assembly) && (type.IsInterface || type.IsEnum || type.IsSubclassOf(typeof(Delegate)) || type == typeof(Delegate) || type.IsAssignableTo(typeof(Exception))));
    }

    /// <summary>Returns whether its fields are its state. Types of .NET itself only if they are on the list.</summary>
    internal static bool IsPlain(Type type) =>
        s_plain.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type) || !IsOfFramework(type);

    /// <summary>The arrays in place that the compiler keeps the parts of a text in, for one.</summary>
    internal static bool IsOfCompilerServices(Type type) => type.Assembly == typeof(object).Assembly && type.Namespace == typeof(InlineArrayAttribute).Namespace;

    internal static bool IsOfFramework(Type type) => IsNamedAsFramework(type.Assembly) && !OwnAssemblies.All.Contains(type.Assembly);

    internal static bool IsNamedAsFramework(Assembly assembly) =>
        assembly.GetName().Name is { } name
        && (name is "System" or "mscorlib" or "netstandard" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    /// <summary>The reason why objects of a type cannot be stored; null if none is known.</summary>
    internal static string? Refusal(Type type)
    {
        if (type.IsArray)
        {
            return Refusal(type.GetElementType()!);
        }

        if (OwnCodecs.Has(type) || s_special.Contains(type.IsGenericType ? type.GetGenericTypeDefinition() : type) || LeafCodecs.IsGenerated(type))
        {
            return null;
        }

        if (typeof(Task).IsAssignableFrom(type) || type == typeof(CancellationTokenSource) || typeof(WaitHandle).IsAssignableFrom(type))
        {
            return "work that runs in this process cannot be stored. Await it before the receive, or keep what it needs to start again";
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return "exceptions cannot be stored. Keep its message or what you need of it, and do not receive inside the catch block";
        }

        if (typeof(Stream).IsAssignableFrom(type) || typeof(TextReader).IsAssignableFrom(type) || typeof(TextWriter).IsAssignableFrom(type))
        {
            return "an open file or connection cannot be stored. Open it for each item, keep its path and position, or leave it outside (SnapshotOptions.Outside)";
        }

        if (type.Namespace == "System.Linq" || type.DeclaringType == typeof(Enumerable))
        {
            return "a LINQ query that is not finished cannot be stored. End it with ToList or ToArray";
        }

        if (type == typeof(Stopwatch))
        {
            return "a stopwatch counts in this process alone. Use ElapsedTime";
        }

        if (IsOfFramework(type) && !IsListed(type) && !type.IsInterface && typeof(IEnumerator).IsAssignableFrom(type))
        {
            return "this enumerator of .NET is not on the list of those that can be stored. Go through a copy: foreach (var item in items.ToList())";
        }

        if (type.IsByRefLike || type.IsPointer || type.IsFunctionPointer || type == typeof(nint) || type == typeof(nuint))
        {
            return "pointers and handles cannot be stored";
        }

        if (HasFinalizer(type))
        {
            return "it has a finalizer, so it holds something of this process. Open it again for each item, or leave it outside (SnapshotOptions.Outside)";
        }

        for (var at = type; at is not null; at = at.BaseType)
        {
            if (IsOfFramework(at) && !IsListed(at) && !IsBase(at))
            {
                return at == type ? "this type of .NET is not on the list of those that can be stored. Keep what it is made of instead, or leave it outside (SnapshotOptions.Outside)"
                    : $"it derives from '{at}', which cannot be stored";
            }

            if (at.BaseType is not null && IsOfFramework(at) && at != type && s_special.Contains(at.IsGenericType ? at.GetGenericTypeDefinition() : at) && !IsBase(at))
            {
                return $"it derives from '{at}', whose inside cannot be stored. Have it as a field instead";
            }
        }

        return null;
    }

    private static bool IsBase(Type type) =>
        type == typeof(object) || type == typeof(ValueType) || type == typeof(Enum) || type == typeof(Attribute) || type == typeof(TimeProvider)
        || (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(EqualityComparer<>) || type.GetGenericTypeDefinition() == typeof(Comparer<>)));

    /// <summary>Returns whether a variable of this type of .NET may hold what is on the list, though the type itself is not, or others too.</summary>
    internal static bool IsBaseOfListed(Type type) => IsOfFramework(type)
        && (IsBase(type) || type == typeof(StringComparer) || type == typeof(Array) || (!IsListed(type) && s_plain.Concat(s_special).Any(listed => listed.IsSubclassOf(type))));

    /// <summary>The enumerator of a <c>foreach</c> over an array behind an interface, with its base types.</summary>
    private static IEnumerable<Type> ArrayEnumerators()
    {
        for (var at = ((IEnumerable<int>)new int[1]).GetEnumerator().GetType(); at is not null && at != typeof(object); at = at.BaseType)
        {
            yield return at.IsGenericType ? at.GetGenericTypeDefinition() : at;
        }
    }

    private static bool HasFinalizer(Type type) =>
        type.GetMethod("Finalize", BindingFlags.NonPublic | BindingFlags.Instance, []) is { } finalizer && finalizer.DeclaringType != typeof(object) && finalizer.IsVirtual;
}
