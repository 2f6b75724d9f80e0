using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>What methods use: of the variables that lambdas share, only what the code of a snapshot uses goes into it.</summary>
internal static class CodeUse
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<MethodBase, IReadOnlySet<FieldInfo>> s_variables = new();

    /// <summary>A type that the compiler made: its name cannot be written in the language.</summary>
    internal static bool IsOfCompiler(Type type) => type.Name.Contains('<', StringComparison.Ordinal);

    internal static bool IsClosure(Type type) => type.IsClass && type.Name.Contains("c__DisplayClass", StringComparison.Ordinal);

    /// <summary>The captured variables that a method uses, itself or through the lambdas and local functions that it has.</summary>
    internal static IReadOnlySet<FieldInfo> VariablesOf(MethodBase method) => s_variables.GetOrAdd(method, static method =>
    {
        var used = new HashSet<FieldInfo>();
        var seen = new HashSet<MethodBase> { method };
        var left = new Queue<MethodBase>(seen);
        while (left.TryDequeue(out var next))
        {
            foreach (var found in Follow(next, used))
            {
                if (seen.Add(found))
                {
                    left.Enqueue(found);
                }
            }
        }

        return used;
    });

    /// <summary>How many awaits the code of a state machine has.</summary>
    internal static int CountAwaits(MethodBase moveNext) =>
        CodeReader.Read(moveNext).Count(static instruction => instruction.Operand is MethodBase { Name: nameof(CoroutineMethodBuilder.AwaitOnCompleted) or nameof(CoroutineMethodBuilder.AwaitUnsafeOnCompleted) });

    private static IEnumerable<MethodBase> Follow(MethodBase method, HashSet<FieldInfo> used)
    {
        foreach (var instruction in CodeReader.Read(method))
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
}
