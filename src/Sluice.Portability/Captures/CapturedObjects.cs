using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice;

/// <summary>Tells captured objects that can change from those that cannot.</summary>
internal static class CapturedObjects
{
    private static readonly string[] s_changes =
    [
        "Add", "Append", "Clear", "Dequeue", "Enqueue", "Except", "Fill", "GetOrAdd", "Increment", "Insert", "Intersect", "Next", "Pop", "Push", "Put", "Remove", "Replace", "Reverse", "Set", "Shuffle", "Sort", "Symmetric",
        "Take", "TryAdd", "TryDequeue", "TryPop", "TryRemove", "TryTake", "TryUpdate", "Union", "set_",
    ];

    /// <summary>Objects that belong to one run, so that another program can have none that is the same.</summary>
    internal static bool BelongsToRun(object item) =>
        item is Coroutine or IPort or IEnumerator or IExchange
        || IsOf(item.GetType(), typeof(Target<>)) || IsOf(item.GetType(), typeof(Inbox<>)) || IsOf(item.GetType(), typeof(IAsyncEnumerator<>));

    /// <summary>A collection of .NET that can change, a text that is built, or a generator of random numbers.</summary>
    internal static bool IsChangeable(object item)
    {
        var type = item.GetType();
        if (item is Array array)
        {
            return array.Length > 0;
        }

        return PortableTypes.IsOfFramework(type) && !IsFixed(type) && (item is ICollection or StringBuilder or Random or IStrongBox || IsOf(type, typeof(ICollection<>)) || IsOf(type, typeof(PriorityQueue<,>)));
    }

    /// <summary>The same, and objects of the application with fields that can be written.</summary>
    internal static bool MayChange(object item) => IsChangeable(item) || (IsOfApplication(item.GetType()) && item is not Delegate && !IsOfValues(item.GetType(), []));

    internal static bool IsOfApplication(Type type) => !PortableTypes.IsOfFramework(type) && !LibraryAssemblies.Contains(type.Assembly) && (type.IsClass || type.IsValueType);

    /// <summary>Returns whether a method of .NET changes the collection that it is called on, or that it is given first, by its name.</summary>
    internal static bool IsChange(MethodBase method)
    {
        var name = method.Name[(method.Name.LastIndexOf('.') + 1)..];
        return Array.Exists(s_changes, change => name.StartsWith(change, StringComparison.Ordinal)) && method is not { IsStatic: true, DeclaringType.Namespace: "System.Linq" or "System.Collections.Immutable" or "System.Collections.Frozen" };
    }

    /// <summary>All fields are read-only, and of types that cannot change; what is behind an interface, or a base class, is believed to be like that.</summary>
    private static bool IsOfValues(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return true;
        }

        for (var at = type; at is not null && at != typeof(object) && at != typeof(ValueType); at = at.BaseType)
        {
            foreach (var field in at.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            {
                if ((!field.IsInitOnly && !type.IsValueType) || !IsValue(field.FieldType, seen))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsValue(Type type, HashSet<Type> seen) =>
        !type.IsArray && (IsOfApplication(type) ? IsOfValues(type, seen) : IsFixed(type) || type.IsInterface || !(typeof(ICollection).IsAssignableFrom(type) || IsOf(type, typeof(ICollection<>)) || type == typeof(StringBuilder) || type == typeof(Random)));

    private static bool IsFixed(Type type) =>
        type.Namespace == typeof(ImmutableArray).Namespace || type.Namespace == typeof(FrozenSet).Namespace || type.Name.StartsWith("ReadOnly", StringComparison.Ordinal) || type.Name.StartsWith('<');

    private static bool IsOf(Type type, Type definition)
    {
        if (definition.IsInterface)
        {
            return type.GetInterfaces().Prepend(type).Any(part => part.IsGenericType && part.GetGenericTypeDefinition() == definition);
        }

        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.IsGenericType && at.GetGenericTypeDefinition() == definition)
            {
                return true;
            }
        }

        return false;
    }
}
