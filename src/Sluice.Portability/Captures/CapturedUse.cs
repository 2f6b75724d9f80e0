using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>What the code of a delegate does with the values that it captured: the delegate's method, and the methods of the application that it calls.</summary>
internal sealed class CapturedUse : ICodeWatcher
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;
    private const int MaxDepth = 12;
    private const int MaxMethods = 2000;

    private readonly string _node;
    private readonly HashSet<CaptureFinding> _findings = [];
    private readonly HashSet<(MethodBase, int, int)> _seen = [];
    private readonly Type _own;
    private readonly Stack<string> _methods = new();

    private CapturedUse(string node, Type own) => (_node, _own) = (node, own);

    internal static IReadOnlyCollection<CaptureFinding> Of(string node, Delegate code)
    {
        var use = new CapturedUse(node, Outermost(code.Method.DeclaringType!));
        use.Follow(code);
        return use._findings;
    }

    private string Method => CoroutineNames.Readable(_methods.Last());

    CodeValue? ICodeWatcher.Loaded(KnownObject owner, FieldInfo field)
    {
        if (field.FieldType.IsValueType || field.FieldType.IsPointer || !field.DeclaringType!.IsInstanceOfType(owner.Item) || field.GetValue(owner.Item) is not { } item)
        {
            return null;
        }

        var path = owner.PathOf(field);
        if (CapturedObjects.BelongsToRun(item))
        {
            Find(CaptureFault.BelongsToRun, path, item, null);
        }

        var isHolder = CodeUse.IsClosure(item.GetType()) || field.Name.StartsWith("<>4__this", StringComparison.Ordinal);
        return item is string ? null : new KnownObject(item, isHolder ? owner.Path : path);
    }

    void ICodeWatcher.Written(string path, FieldInfo field, bool isFirst)
    {
        if (!isFirst && (!field.IsStatic || Outermost(field.DeclaringType!) == _own))
        {
            Find(CaptureFault.Changes, path, null, null);
        }
    }

    void ICodeWatcher.ElementWritten(KnownObject array) => Find(CaptureFault.Changes, array.Path, array.Item, null);

    CodeValue? ICodeWatcher.Called(MethodBase method, CodeValue?[] arguments, bool makesObject)
    {
        var type = method.DeclaringType!;
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            OfDelegate(method, arguments, makesObject);
            return null;
        }

        if (CapturedObjects.IsOfApplication(type) || type.IsInterface)
        {
            return OfApplication(method, arguments, makesObject);
        }

        if (type.IsArray || PortableTypes.IsOfFramework(type))
        {
            OfFramework(method, arguments, makesObject);
        }
        else
        {
            GiveAway(method, arguments);
        }

        return null;
    }

    private void OfDelegate(MethodBase method, CodeValue?[] arguments, bool makesObject)
    {
        if (makesObject && arguments is [var target, KnownMethod made])
        {
            Enter(made.Method, made.Method.IsStatic ? new CodeValue?[made.Method.GetParameters().Length] : [target, .. new CodeValue?[made.Method.GetParameters().Length]]);
        }
        else if (method.Name == "Invoke" && arguments[0] is KnownObject { Item: Delegate code })
        {
            Follow(code);
        }
    }

    private CodeValue? OfApplication(MethodBase method, CodeValue?[] arguments, bool makesObject)
    {
        PassAddresses(method, arguments);
        if (makesObject)
        {
            var made = new KnownFrame();
            Enter(method, [made, .. arguments]);
            return made;
        }

        if (method.IsVirtual && arguments[0] is KnownObject on)
        {
            if (Implementation(method, on.Item.GetType()) is not { } actual)
            {
                GiveAway(method, arguments);
                return null;
            }

            if (!CapturedObjects.IsOfApplication(actual.DeclaringType!))
            {
                OfFramework(actual, arguments, makesObject: false);
                return null;
            }

            method = actual;
        }
        else if (method.GetMethodBody() is null)
        {
            GiveAway(method, arguments);
            return null;
        }

        var isOfInterest = Outermost(method.DeclaringType!) == _own || Array.Exists(arguments, static argument => argument is not null);
        return isOfInterest ? Enter(method, arguments) : null;
    }

    private void OfFramework(MethodBase method, CodeValue?[] arguments, bool makesObject)
    {
        if (method.DeclaringType == typeof(LazyInitializer))
        {
            return;
        }

        PassAddresses(method, arguments);
        if (!makesObject && arguments is [KnownObject { Item: var item } known, ..] && CapturedObjects.IsChangeable(item) && CapturedObjects.IsChange(method))
        {
            Find(CaptureFault.Changes, known.Path, item, method.Name);
        }
        else if (!method.IsStatic && !makesObject && arguments[0] is KnownField field && method is MethodInfo { DeclaringType.IsValueType: true, Name: "MoveNext" } && !method.IsDefined(typeof(IsReadOnlyAttribute), false))
        {
            Find(CaptureFault.Changes, field.Path, null, method.Name); // an enumerator
        }
    }

    /// <summary>A reference to a variable, by which a method may write it.</summary>
    private void PassAddresses(MethodBase method, CodeValue?[] arguments)
    {
        var parameters = method.GetParameters();
        var first = arguments.Length - parameters.Length;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (parameters[i] is { IsIn: false, ParameterType.IsByRef: true } && arguments[first + i] is { } argument)
            {
                if (argument is KnownField field && (!field.Field.IsStatic || Outermost(field.Field.DeclaringType!) == _own))
                {
                    Find(CaptureFault.Changes, field.Path, null, method.Name);
                }
                else if (argument is KnownElement element)
                {
                    Find(CaptureFault.Changes, element.Array.Path, element.Array.Item, method.Name);
                }
            }
        }
    }

    /// <summary>The method of an object that a call through a base class or an interface comes to.</summary>
    private static MethodInfo? Implementation(MethodBase method, Type type)
    {
        if (method is not MethodInfo info)
        {
            return null;
        }

        if (info.DeclaringType!.IsInterface)
        {
            if (type.IsArray || !info.DeclaringType.IsAssignableFrom(type))
            {
                return info; // of .NET: known by its name
            }

            var map = type.GetInterfaceMap(info.DeclaringType);
            var definition = info.IsGenericMethod ? info.GetGenericMethodDefinition() : info;
            var index = Array.IndexOf(map.InterfaceMethods, definition);
            return index < 0 ? null : Closed(map.TargetMethods[index], info);
        }

        var root = info.GetBaseDefinition();
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (at.GetMethods(All | BindingFlags.DeclaredOnly).FirstOrDefault(candidate => candidate.IsVirtual && candidate.GetBaseDefinition() == root) is { } found)
            {
                return Closed(found, info);
            }
        }

        return info.GetMethodBody() is null ? null : info;
    }

    private static MethodInfo? Closed(MethodInfo found, MethodInfo called) =>
        found.IsGenericMethodDefinition && called.IsGenericMethod ? found.MakeGenericMethod(called.GetGenericArguments()) : found;

    /// <summary>Objects that can change are given to code that is not known.</summary>
    private void GiveAway(MethodBase method, CodeValue?[] arguments)
    {
        foreach (var known in arguments.OfType<KnownObject>().Where(static known => known.Path.Length > 0 && CapturedObjects.MayChange(known.Item)))
        {
            Find(CaptureFault.MayChange, known.Path, known.Item, $"{method.DeclaringType!.Name}.{method.Name}");
        }
    }

    private void Follow(Delegate code)
    {
        foreach (var one in code.GetInvocationList())
        {
            var parameters = new CodeValue?[one.Method.GetParameters().Length];
            if (one.Target is not { } target)
            {
                Enter(one.Method, parameters);
            }
            else if (CapturedObjects.IsOfApplication(one.Method.DeclaringType!))
            {
                Enter(one.Method, one.Method.IsStatic ? [new KnownObject(target, ""), .. parameters[1..]] : [new KnownObject(target, ""), .. parameters]);
            }
            else if (!LibraryAssemblies.Contains(one.Method.DeclaringType!.Assembly))
            {
                _methods.Push(one.Method.Name);
                OfFramework(one.Method, [new KnownObject(target, $"the {CoroutineNames.Readable(target.GetType().Name)} of '{one.Method.Name}'"), .. parameters], makesObject: false);
                _methods.Pop();
            }
        }
    }

    /// <summary>Goes through a method of the application; of one that the compiler made a state machine of, through that.</summary>
    private CodeValue? Enter(MethodBase method, CodeValue?[] arguments)
    {
        if (!CapturedObjects.IsOfApplication(method.DeclaringType!) || method.GetMethodBody() is null || method.ContainsGenericParameters || _methods.Count >= MaxDepth || _seen.Count >= MaxMethods
            || !_seen.Add((method, Identity(arguments.FirstOrDefault()), Identity(arguments.Skip(1).FirstOrDefault(static argument => argument is not null)))))
        {
            return null;
        }

        _methods.Push(method.Name);
        try
        {
            if (method is MethodInfo info && info.IsDefined(typeof(StateMachineAttribute), false) && CodeMethods.StateMachineOf(info) is { } machine)
            {
                EnterMachine(info, machine, arguments);
                return null;
            }

            return CodeWalk.Through(method, arguments, this);
        }
        finally
        {
            _methods.Pop();
        }
    }

    private void EnterMachine(MethodInfo method, Type machine, CodeValue?[] arguments)
    {
        var frame = new KnownFrame();
        if (!method.IsStatic)
        {
            frame.Fields["<>4__this"] = arguments[0];
        }

        foreach (var (parameter, argument) in method.GetParameters().Zip(arguments.Skip(method.IsStatic ? 0 : 1)))
        {
            frame.Fields[parameter.Name ?? ""] = argument;
            frame.Fields[$"<>3__{parameter.Name}"] = argument; // of an iterator, which begins again
        }

        var moveNext = typeof(IAsyncStateMachine).IsAssignableFrom(machine) ? CodeMethods.MoveNextOf(machine) : machine.GetMethod("MoveNext", All);
        if (moveNext is not null)
        {
            CodeWalk.Through(moveNext, [frame], this);
        }
    }

    private static int Identity(CodeValue? value) => RuntimeHelpers.GetHashCode(value is KnownObject known ? known.Item : value);

    private void Find(CaptureFault fault, string path, object? item, string? call) => _findings.Add(new(fault, _node, path, item, Method, call));

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.IsGenericType ? type.GetGenericTypeDefinition() : type;
    }
}
