using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Names a callback for people: of an asynchronous method its own name, not that of what the compiler made of it.</summary>
internal static class CallbackName
{
    internal static string Of(in WorkItem item)
    {
        // A continuation comes with the box of its state machine, or with a delegate of which the box is the target.
        var callback = item.State as Delegate ?? item.Callback;
        return StateMachineOf(item.State) ?? StateMachineOf(callback.Target) ?? Of(callback.Method);
    }

    internal static string Of(MethodInfo method) => Name(method.DeclaringType, method.Name);

    private static string? StateMachineOf(object? box)
    {
        var machine = box?.GetType().GenericTypeArguments.FirstOrDefault(type => type.IsAssignableTo(typeof(IAsyncStateMachine)));
        return machine is null ? null : Name(machine.DeclaringType, machine.Name);
    }

    /// <summary><c>&lt;Main&gt;b__0</c>, <c>&lt;FetchAsync&gt;d__3</c> and <c>&lt;&lt;Main&gt;g__Work|0_1&gt;d</c> become Main, FetchAsync and Work.</summary>
    private static string Name(Type? type, string method)
    {
        var local = method.IndexOf("g__", StringComparison.Ordinal);
        var name = local >= 0 ? method[(local + 3)..method.IndexOf('|', local)] : method.TrimStart('<').Split('>')[0];
        while (type is not null && type.Name.StartsWith('<'))
        {
            type = type.DeclaringType; // a closure
        }

        return type is null ? name : $"{type.Name}.{name}";
    }
}
