using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>The kinds of nodes of the library, by reflection: coroutines that receive, and operators. A kind is the type that has its state.</summary>
internal static class NodeKinds
{
    private static readonly Assembly[] s_libraries = [typeof(Source).Assembly, typeof(JsonEvents).Assembly];

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<Type> All { get; } = [.. s_libraries.SelectMany(static library => library.GetTypes()).SelectMany(KindsIn).Distinct()];

    internal static Type Of(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    /// <summary>Its name without what the compiler adds: that of the method, or of the class.</summary>
    internal static string NameOf(Type kind)
    {
        var name = kind.Name.Split('`')[0];
        return name.StartsWith('<') ? name[1..name.IndexOf('>', StringComparison.Ordinal)] : name;
    }

    private static IEnumerable<Type> KindsIn(Type type)
    {
        if (!type.IsAbstract && IsOperator(type))
        {
            yield return type;
        }

        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (method.GetCustomAttribute<AsyncStateMachineAttribute>() is { } machine && typeof(Coroutine).IsAssignableFrom(method.ReturnType) && method.GetParameters() is [{ ParameterType: var first }, ..] && Receives(first))
            {
                yield return machine.StateMachineType;
            }
        }
    }

    private static bool Receives(Type type) => type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Inbox<>) || (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && Receives(type.GetGenericArguments()[0])));

    private static bool IsOperator(Type type) => type.BaseType is { } parent && ((parent.IsGenericType && parent.GetGenericTypeDefinition() == typeof(Operator<,>)) || IsOperator(parent));
}
