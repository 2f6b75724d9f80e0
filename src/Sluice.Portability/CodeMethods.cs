using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Sluice;

/// <summary>Finds methods by what they are called in the source, and the method that a state machine was made of.</summary>
internal static class CodeMethods
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>Looked through once for each type, since a type may have a thousand methods.</summary>
    private static readonly ConcurrentDictionary<Type, Dictionary<Type, MethodInfo>> s_machines = new();
    private static readonly ConcurrentDictionary<Type, ILookup<string, MethodInfo>> s_identities = new();

    /// <summary>The <c>async</c> method that the compiler made a state machine of, in the state machine's own terms of
    /// generic arguments.</summary>
    /// <returns>Null: the type is no state machine of the compiler.</returns>
    internal static MethodInfo? OfStateMachine(Type stateMachine)
    {
        var definition = stateMachine.IsGenericType ? stateMachine.GetGenericTypeDefinition() : stateMachine;
        if (definition.DeclaringType is not { } declaring)
        {
            return null;
        }

        var method = s_machines.GetOrAdd(declaring, static type => type.GetMethods(All)
            .Where(static candidate => candidate.IsDefined(typeof(AsyncStateMachineAttribute), false))
            .ToDictionary(static candidate => candidate.GetCustomAttribute<AsyncStateMachineAttribute>()!.StateMachineType)).GetValueOrDefault(definition);
        return method is null ? null : WithArguments(method, stateMachine.GetGenericArguments());
    }

    /// <summary>The state machine of an <c>async</c> method or an iterator.</summary>
    internal static Type? StateMachineOf(MethodInfo method)
    {
        if (method.GetCustomAttribute<StateMachineAttribute>()?.StateMachineType is not { } definition)
        {
            return null;
        }

        Type[] arguments = [.. method.DeclaringType!.GetGenericArguments(), .. method.IsGenericMethod ? method.GetGenericArguments() : []];
        return definition.IsGenericTypeDefinition ? definition.MakeGenericType(arguments) : definition;
    }

    /// <summary>The type of the coroutines of a method; null if it makes none.</summary>
    internal static Type? CoroutineOf(MethodInfo method)
    {
        if (StateMachineOf(method) is not { } machine || !typeof(IAsyncStateMachine).IsAssignableFrom(machine))
        {
            return null;
        }

        return method.ReturnType == typeof(Coroutine) ? typeof(CoroutineBox<>).MakeGenericType(machine)
            : method.ReturnType is { IsGenericType: true } result && result.GetGenericTypeDefinition() == typeof(Coroutine<>) ? typeof(CoroutineBox<,>).MakeGenericType(machine, result.GetGenericArguments()[0])
            : null;
    }

    /// <summary>The code of a state machine.</summary>
    internal static MethodInfo MoveNextOf(Type stateMachine)
    {
        var map = stateMachine.GetInterfaceMap(typeof(IAsyncStateMachine));
        return map.TargetMethods[Array.FindIndex(map.InterfaceMethods, static method => method.Name == nameof(IAsyncStateMachine.MoveNext))];
    }

    /// <summary>What <see cref="Find"/> finds a method by: the name within its type, and its signature.</summary>
    internal static string Identity(MethodInfo method)
    {
        var definition = Definition(method);
        var text = new StringBuilder();
        text.Append(definition.IsStatic ? "static " : "").Append(CodeNames.Stable(definition.Name));
        if (definition.IsGenericMethodDefinition)
        {
            text.Append('`').Append(definition.GetGenericArguments().Length);
        }

        CodeNames.AppendList(text, definition.GetParameters().Select(static parameter => parameter.ParameterType), '(', ')');
        return text.ToString();
    }

    /// <summary>The methods of a type that have this identity: one, or several if what tells them apart depends on other
    /// methods of the type.</summary>
    internal static IEnumerable<MethodInfo> Find(Type declaring, string identity) => IdentitiesOf(declaring)[identity];

    /// <summary>The methods of a type that have the name in this identity, and other parameters.</summary>
    internal static IEnumerable<MethodInfo> FindNamed(Type declaring, string identity) =>
        IdentitiesOf(declaring).Where(methods => methods.Key != identity && NameIn(methods.Key).SequenceEqual(NameIn(identity))).SelectMany(static methods => methods);

    private static ReadOnlySpan<char> NameIn(string identity) => identity.AsSpan(0, Math.Max(0, identity.IndexOf('(', StringComparison.Ordinal)));

    private static ILookup<string, MethodInfo> IdentitiesOf(Type declaring) =>
        s_identities.GetOrAdd(declaring.IsGenericType ? declaring.GetGenericTypeDefinition() : declaring, static type => type.GetMethods(All).ToLookup(Identity, StringComparer.Ordinal));

    /// <summary>Gives a method found in a type's definition the arguments of the type, and its own.</summary>
    internal static MethodInfo WithArguments(MethodInfo method, Type[] arguments)
    {
        var declaring = method.DeclaringType!;
        var ofType = declaring.IsGenericTypeDefinition ? declaring.GetGenericArguments().Length : 0;
        if (ofType > 0)
        {
            var constructed = declaring.MakeGenericType(arguments[..ofType]);
            method = (MethodInfo)MethodBase.GetMethodFromHandle(method.MethodHandle, constructed.TypeHandle)!;
        }

        return method.IsGenericMethodDefinition ? method.MakeGenericMethod(arguments[ofType..]) : method;
    }

    private static MethodInfo Definition(MethodInfo method)
    {
        var declaring = method.DeclaringType!;
        var open = declaring.IsGenericType ? declaring.GetGenericTypeDefinition() : declaring;
        return (MethodInfo)open.Module.ResolveMethod(method.MetadataToken)!;
    }
}
