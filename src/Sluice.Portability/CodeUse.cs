using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>What methods use: of the variables that lambdas share, only what the code of a snapshot uses goes into it.</summary>
internal static class CodeUse
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    /// <summary>Looked through once for each class, since a class may have a thousand closures.</summary>
    private static readonly ConcurrentDictionary<Type, Closures> s_closures = new();
    private static readonly ConcurrentDictionary<(MethodBase Method, int? State), IReadOnlySet<FieldInfo>> s_variables = new();

    /// <summary>A type that the compiler made: its name cannot be written in the language.</summary>
    internal static bool IsOfCompiler(Type type) => type.Name.Contains('<', StringComparison.Ordinal);

    internal static bool IsClosure(Type type) => type is { IsClass: true, IsNested: true } && type.Name.Contains("c__DisplayClass", StringComparison.Ordinal);

    /// <summary>What lambdas are methods of: a closure, or for those that capture nothing one type for a whole class.</summary>
    internal static bool HoldsLambdas(Type type) => type is { IsClass: true, IsNested: true } && type.Name.StartsWith("<>c", StringComparison.Ordinal);

    /// <summary>The captured variables that a method uses, itself or through the lambdas and local functions that it has.</summary>
    internal static IReadOnlySet<FieldInfo> VariablesOf(MethodBase method) => s_variables.GetOrAdd((method, null), static key => Find(key.Method, CodeReader.Read(key.Method)));

    /// <summary>The same of a state machine that goes on from a state: what only code before that uses is left out.</summary>
    internal static IReadOnlySet<FieldInfo> VariablesOf(MethodBase moveNext, int state) =>
        s_variables.GetOrAdd((moveNext, state), static key => Find(key.Method, CodeFlow.From(key.Method, key.State!.Value)));

    private static HashSet<FieldInfo> Find(MethodBase method, IEnumerable<Instruction> code)
    {
        var used = new HashSet<FieldInfo>();
        var seen = new HashSet<MethodBase> { method };
        var left = new Queue<MethodBase>();
        Add(Follow(method, code, used));
        while (left.TryDequeue(out var next))
        {
            Add(Follow(next, CodeReader.Read(next), used));
        }

        return used;

        void Add(IEnumerable<MethodBase> found)
        {
            foreach (var one in found)
            {
                if (seen.Add(one))
                {
                    left.Enqueue(one);
                }
            }
        }
    }

    /// <summary>Which method the lambdas of a type are in: what tells apart types that are the same but for their number. Empty for
    /// others, also for the one type of all lambdas in a class that capture nothing.</summary>
    internal static string MakerOf(Type type)
    {
        if (!HoldsLambdas(type) || type.Name == "<>c")
        {
            return "";
        }

        return ClosuresBeside(type).Makers.GetValueOrDefault(type.MetadataToken, "");
    }

    /// <summary>Whether code writes to a captured variable in more than one place, so that its copies may come to differ.</summary>
    internal static bool IsRewritten(FieldInfo variable) => ClosuresBeside(variable.DeclaringType!).Writes.GetValueOrDefault(variable.MetadataToken) > 1;

    private static Closures ClosuresBeside(Type closure)
    {
        var outer = closure.DeclaringType!;
        while (IsOfCompiler(outer) && outer.DeclaringType is { } further)
        {
            outer = further;
        }

        return s_closures.GetOrAdd(outer, FindClosures);
    }

    private static Closures FindClosures(Type outer)
    {
        var found = new Closures([], []);
        var left = new Queue<Type>([outer]);
        while (left.TryDequeue(out var type))
        {
            foreach (var method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
            {
                foreach (var (code, operand) in CodeReader.Read(method))
                {
                    var made = code == OpCodes.Newobj && operand is ConstructorInfo { DeclaringType: { } closure } ? closure
                        : operand is FieldInfo { IsStatic: true, DeclaringType: { } cache } ? cache : null;
                    if (made is not null && HoldsLambdas(made) && made.MetadataToken != type.MetadataToken)
                    {
                        var maker = CodeMethods.OfStateMachine(type) ?? method as MethodInfo;
                        found.Makers[made.MetadataToken] = maker is null ? ".ctor" : CodeMethods.Identity(maker);
                    }
                    else if (operand is FieldInfo { DeclaringType: { } owner } field && IsClosure(owner) && (code == OpCodes.Stfld || (code == OpCodes.Ldflda && field.FieldType.IsPrimitive)))
                    {
                        found.Writes[field.MetadataToken] = found.Writes.GetValueOrDefault(field.MetadataToken) + 1;
                    }
                }
            }

            foreach (var nested in type.GetNestedTypes(All).Where(IsOfCompiler))
            {
                left.Enqueue(nested);
            }
        }

        return found;
    }

    /// <summary>The states in which a state machine can wait: the numbers, 0 or more, that its code sets its state to. There may be
    /// gaps, since an await that can never be reached has a number too.</summary>
    internal static HashSet<int> StatesOf(MethodBase moveNext)
    {
        var states = new HashSet<int>();
        var constant = -1;
        foreach (var instruction in CodeReader.Read(moveNext))
        {
            if (instruction.Operand is FieldInfo { Name: "<>1__state" } && instruction.Code == OpCodes.Stfld && constant >= 0)
            {
                states.Add(constant);
            }

            constant = instruction.Constant ?? (instruction.Code == OpCodes.Dup || instruction.Code == OpCodes.Stloc_0 ? constant : -1);
        }

        return states;
    }

    /// <summary>For each of <see cref="StatesOf"/> the field that keeps what is awaited there: it is set right behind the state.</summary>
    internal static Dictionary<int, string> AwaitersOf(MethodBase moveNext)
    {
        var awaiters = new Dictionary<int, string>();
        var (constant, state) = (-1, -1);
        foreach (var instruction in CodeReader.Read(moveNext))
        {
            if (instruction.Code == OpCodes.Stfld && instruction.Operand is FieldInfo field)
            {
                if (field.Name == "<>1__state")
                {
                    state = constant;
                }
                else if (state >= 0 && field.Name.StartsWith("<>u__", StringComparison.Ordinal))
                {
                    awaiters[state] = field.Name;
                    state = -1;
                }
            }

            constant = instruction.Constant ?? (instruction.Code == OpCodes.Dup || instruction.Code == OpCodes.Stloc_0 ? constant : -1);
        }

        return awaiters;
    }

    private static IEnumerable<MethodBase> Follow(MethodBase method, IEnumerable<Instruction> code, HashSet<FieldInfo> used)
    {
        foreach (var instruction in code)
        {
            if (instruction.Operand is FieldInfo { DeclaringType: { } owner } field && IsClosure(owner))
            {
                used.Add(field);
            }
            else if (instruction.Operand is MethodBase { DeclaringType: { } declaring } called && (IsOfCompiler(declaring) || called.Name.Contains('<', StringComparison.Ordinal)))
            {
                yield return called;
            }
        }

        if (method is MethodInfo info && info.IsDefined(typeof(StateMachineAttribute), false) && CodeMethods.StateMachineOf(info) is { } machine)
        {
            foreach (var part in machine.GetMethods(All))
            {
                yield return part;
            }
        }
    }

    /// <summary>What the code of a class does with the closures in it: the method that makes each, and in how many places each variable is
    /// written. By metadata token.</summary>
    private sealed record Closures(Dictionary<int, string> Makers, Dictionary<int, int> Writes);
}
