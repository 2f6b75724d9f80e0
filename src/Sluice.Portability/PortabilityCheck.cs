using System.Reflection;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>Looks for what a snapshot could not store, from the delegates that stages are made of.</summary>
internal sealed class PortabilityCheck(SnapshotOptions options)
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    private readonly List<PortabilityProblem> _problems = [];
    private readonly List<PortabilityProblem> _undecided = [];
    private readonly List<CopiedVariable> _copied = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<MethodBase> _methods = [];
    private readonly Queue<(object Part, string Node)> _left = new();

    /// <summary>Looks at everything that the library itself keeps for the stages, down to the application's delegates and values.</summary>
    internal static PortabilityReport Of(IEnumerable<object> parts, SnapshotOptions? options)
    {
        var check = new PortabilityCheck(options ?? SnapshotOptions.Default);
        foreach (var part in parts)
        {
            check._left.Enqueue((part, ""));
        }

        while (check._left.TryDequeue(out var next))
        {
            if (check._seen.Add(next.Part))
            {
                check.Look(next.Part, next.Part is NodeSpec spec ? spec.Name : next.Node);
            }
        }

        return new([.. check._problems.Distinct()], [.. check._undecided.Distinct()], [.. check._copied.Distinct()]);
    }

    private static bool IsOfLibrary(Type type) => LibraryAssemblies.Contains(type.Assembly);

    private void Look(object part, string node)
    {
        if (part is Delegate method)
        {
            LookAtMethod(method.Method);
            if (method.Target is { } target && !IsOfLibrary(method.Method.DeclaringType!))
            {
                LookAtCaptured(method, target);
                return;
            }
        }

        if (part is Array parts)
        {
            foreach (var item in parts.Cast<object?>().OfType<object>())
            {
                _left.Enqueue((item, node));
            }
        }

        var inner = part is Delegate { Target: { } closure } ? closure : part;
        if (!IsOfLibrary(inner.GetType()))
        {
            return;
        }

        foreach (var field in inner.GetType().GetFields(All).Where(static field => !field.FieldType.IsPointer))
        {
            if (field.GetValue(inner) is not { } value)
            {
                continue;
            }

            if (value is Delegate || IsOfLibrary(value.GetType()) || (value is Array && value.GetType().GetElementType() is { IsPrimitive: false } element && (IsOfLibrary(element) || element.IsArray || element.IsSubclassOf(typeof(Delegate)))))
            {
                _left.Enqueue((value, node));
            }
            else
            {
                Try(value, node, VariableNames.Of(field.Name), field.FieldType); // what a source reads from, for example
            }
        }
    }

    /// <summary>Tries the values that the stage's lambda has captured: they exist already.</summary>
    private void LookAtCaptured(Delegate method, object target)
    {
        var name = CoroutineNames.Readable(method.Method.Name);
        var used = CodeUse.VariablesOf(method.Method);
        var isClosure = CodeUse.IsClosure(target.GetType());
        foreach (var field in target.GetType().GetFields(All).Where(field => !isClosure || used.Contains(field)))
        {
            if (isClosure && CodeUse.IsRewritten(field))
            {
                _copied.Add(new(name, VariableNames.Of(field.Name), field.FieldType));
            }

            if (field.GetValue(target) is { } value)
            {
                Try(value, name, VariableNames.Of(field.Name), field.FieldType);
            }
        }
    }

    private void Try(object value, string name, string variable, Type type)
    {
        var writer = new SnapshotWriter(options);
        try
        {
            writer.TryWrite(value);
        }
        catch (NotPortableException error)
        {
            _problems.Add(new(name, variable + (error.Variable is { } further ? "." + further : ""), error.VariableType ?? type, error.Reason));
        }
        finally
        {
            writer.Holds.Release();
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
        var name = CoroutineNames.Readable(method.Name);
        var types = new DeclaredTypes(
            (variable, type, reason) =>
            {
                if (!IsOfLibrary(method.DeclaringType!) || !IsFailure(type)) // our own stages have one only when they end
                {
                    _problems.Add(new(name, variable, type, reason));
                }
            },
            (variable, type, reason) =>
            {
                if (!IsOfLibrary(method.DeclaringType!)) // what our own stages hold of the application is looked at as it is
                {
                    _undecided.Add(new(name, variable, type, reason));
                }
            });
        Type[] arguments = [.. method.DeclaringType!.GetGenericArguments(), .. method.IsGenericMethod ? method.GetGenericArguments() : []];
        if (arguments.Select(options.FindRefusedType).FirstOrDefault(static type => type is not null) is { } stranger)
        {
            _problems.Add(new(name, "the type argument", stranger, SnapshotOptions.NotAllowed(stranger))); // a snapshot names it
        }

        foreach (var field in machine.GetFields(All).Where(static field => !field.Name.StartsWith("<>u__", StringComparison.Ordinal) && !field.Name.StartsWith("<>t__", StringComparison.Ordinal)))
        {
            if (CodeUse.IsClosure(field.FieldType))
            {
                var code = CodeMethods.MoveNextOf(machine);
                LookAtShared(types, field.FieldType, CodeUse.StatesOf(code).SelectMany(state => CodeUse.VariablesOf(code, state)).ToHashSet(), []);
            }
            else if (!VariableNames.IsHidden(field.Name) || field.FieldType != typeof(object)) // an error that waits for the end of a finally
            {
                types.Look(VariableNames.Of(field.Name), field.FieldType);
            }
        }
    }

    private static bool IsFailure(Type type) => type == typeof(ExceptionDispatchInfo) || typeof(Exception).IsAssignableFrom(type);

    /// <summary>The variables that lambdas of a coroutine share with it, as far as its code uses them.</summary>
    private static void LookAtShared(DeclaredTypes types, Type closure, IReadOnlySet<FieldInfo> used, HashSet<Type> seen)
    {
        if (!seen.Add(closure))
        {
            return;
        }

        foreach (var field in closure.GetFields(All).Where(used.Contains))
        {
            if (CodeUse.IsClosure(field.FieldType))
            {
                LookAtShared(types, field.FieldType, used, seen);
            }
            else
            {
                types.Look(VariableNames.Of(field.Name), field.FieldType);
            }
        }
    }
}
