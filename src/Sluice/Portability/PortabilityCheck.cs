using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Looks for what a snapshot could not store, from the delegates that stages are made of.</summary>
internal sealed class PortabilityCheck(SnapshotOptions options)
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private readonly List<PortabilityProblem> _problems = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<MethodBase> _methods = [];

    /// <summary>Looks at everything that the library itself keeps for the stages, down to the application's delegates.</summary>
    internal static PortabilityReport Of(IEnumerable<object> parts, SnapshotOptions? options)
    {
        var check = new PortabilityCheck(options ?? SnapshotOptions.Default);
        var left = new Queue<object>(parts);
        while (left.TryDequeue(out var part))
        {
            if (check._seen.Add(part))
            {
                check.Look(part, left);
            }
        }

        return new([.. check._problems.Distinct()]);
    }

    private void Look(object part, Queue<object> left)
    {
        if (part is Delegate method)
        {
            LookAtMethod(method.Method);
            if (method.Target is { } target && method.Method.Module.Assembly != typeof(PortabilityCheck).Assembly)
            {
                LookAtCaptured(method, target);
                return;
            }
        }

        if (part is Array parts)
        {
            foreach (var item in parts.Cast<object?>().OfType<object>())
            {
                left.Enqueue(item);
            }
        }

        var inner = part is Delegate { Target: { } closure } ? closure : part;
        if (inner.GetType().Assembly != typeof(PortabilityCheck).Assembly)
        {
            return;
        }

        foreach (var value in inner.GetType().GetFields(All).Where(static field => !field.FieldType.IsPointer).Select(field => field.GetValue(inner)))
        {
            if (value is Delegate or Array || value?.GetType().Assembly == typeof(PortabilityCheck).Assembly)
            {
                left.Enqueue(value);
            }
        }
    }

    /// <summary>What the stage's lambda has captured exists already: it is tried.</summary>
    private void LookAtCaptured(Delegate method, object target)
    {
        var name = CoroutineNames.Readable(method.Method.Name);
        var used = CodeUse.VariablesOf(method.Method);
        foreach (var field in target.GetType().GetFields(All).Where(field => !CodeUse.IsClosure(target.GetType()) || used.Contains(field)))
        {
            try
            {
                _ = field.GetValue(target) is not { } value || new SnapshotWriter(options).TryWrite(value);
            }
            catch (NotPortableException error)
            {
                _problems.Add(new(name, VariableNames.Of(field.Name) + (error.Variable is { } further ? "." + further : ""), error.VariableType ?? field.FieldType, error.Reason));
            }
        }
    }

    /// <summary>The types of a coroutine's variables, and of those that it calls.</summary>
    private void LookAtMethod(MethodBase first)
    {
        var left = new Queue<MethodBase>([first]);
        while (left.TryDequeue(out var method))
        {
            if (!_methods.Add(method))
            {
                continue;
            }

            IEnumerable<MethodBase> bodies = [method];
            if (method is MethodInfo info && !info.ContainsGenericParameters && CodeMethods.StateMachineOf(info) is { } machine && CodeMethods.CoroutineOf(info) is not null)
            {
                LookAtVariables(info, machine);
                bodies = [CodeMethods.MoveNextOf(machine)];
            }

            foreach (var called in bodies.SelectMany(CodeReader.Read).Select(static instruction => instruction.Operand).OfType<MethodInfo>())
            {
                if (!PortableTypes.IsOfFramework(called.DeclaringType ?? typeof(object)) && (typeof(Coroutine).IsAssignableFrom(called.ReturnType) || CodeUse.IsOfCompiler(called.DeclaringType!)))
                {
                    left.Enqueue(called);
                }
            }
        }
    }

    private void LookAtVariables(MethodInfo method, Type machine)
    {
        foreach (var field in machine.GetFields(All).Where(static field => !field.Name.StartsWith("<>u__", StringComparison.Ordinal) && !field.Name.StartsWith("<>t__", StringComparison.Ordinal)))
        {
            if (PortableTypes.Refusal(field.FieldType) is { } reason && !field.FieldType.IsInterface && field.FieldType != typeof(CancellationToken) && !CodeUse.IsClosure(field.FieldType) && !IsUnknown(field.FieldType))
            {
                _problems.Add(new(CoroutineNames.Readable(method.Name), VariableNames.Of(field.Name), field.FieldType, reason));
            }
        }
    }

    /// <summary>Whether a variable of the type says nothing of what it will hold.</summary>
    private static bool IsUnknown(Type type) => type == typeof(object) || type == typeof(ValueType) || type == typeof(Delegate) || (type.IsValueType && type.IsDefined(typeof(CompilerGeneratedAttribute), false));
}
