using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Writes fields of the state machine of a coroutine that waits.</summary>
internal static class StateMachineFields
{
    private const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    /// <summary>Gives arguments other values, by the names of their fields. One that the code itself writes is state, and stays.</summary>
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who makes states of nodes says so.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "It is a method of this class.")]
    internal static void Set(Coroutine coroutine, IReadOnlyDictionary<string, object?> values)
    {
        if (values.Count == 0 || coroutine.BoxedStateMachine?.GetType() is not { } machine)
        {
            return;
        }

        var written = WrittenBy(machine);
        var set = typeof(StateMachineFields).GetMethod(nameof(SetIn), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(machine);
        set.Invoke(null, [coroutine, values.Where(value => !written.Contains(value.Key)).Select(value => (machine.GetField(value.Key, All)!, value.Value)).ToArray()]);
    }

    /// <summary>The names of the fields that the code itself writes: these are state, also if they were arguments.</summary>
    internal static HashSet<string?> WrittenBy(Type machine) =>
        [.. CodeReader.Read(CodeMethods.MoveNextOf(machine)).Where(static instruction => instruction.Code == OpCodes.Stfld).Select(static instruction => (instruction.Operand as FieldInfo)?.Name)];

    private static void SetIn<TStateMachine>(Coroutine coroutine, (FieldInfo Field, object? Value)[] values)
        where TStateMachine : IAsyncStateMachine
    {
        ref var machine = ref ((IStateMachineBox<TStateMachine>)coroutine).StateMachine!;
        object boxed = machine;
        foreach (var (field, value) in values)
        {
            field.SetValue(boxed, value);
        }

        machine = (TStateMachine)boxed;
    }
}
