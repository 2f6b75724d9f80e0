using System.Reflection;

namespace Sluice;

/// <summary>The arguments of the coroutines of keys (rule 18): a program that gives others than those that are stored is another one.</summary>
/// <remarks>The program is asked for one key, the first that has a coroutine: a table may have millions.</remarks>
internal static class KeyArguments
{
    private const BindingFlags Fields = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance;

    /// <summary>Compares those of a node's keys, if it has keys.</summary>
    /// <param name="root">The coroutine of the node, which is restored.</param>
    /// <param name="node">The name of the node.</param>
    /// <exception cref="SnapshotException">Thrown: one differs.</exception>
    internal static void Compare(Coroutine root, string node)
    {
        if (root.BoxedStateMachine is not { } machine)
        {
            return;
        }

        var locals = machine.GetType().GetFields(Fields).Where(static field => !field.FieldType.IsValueType).Select(field => field.GetValue(machine)).ToArray();
        foreach (var one in locals.OfType<IKeyCoroutines>().Select(starter => starter.CallAgain(locals)))
        {
            if (one is { } called)
            {
                called.Called.CancelStart();
                called.Twin.CancelStart();
                Compare(called, node);
            }
        }
    }

    private static void Compare(CalledOfKey called, string node)
    {
        if (called.Port.WaitingCoroutine is not { } waiting || NodeParts.RootOf(waiting).BoxedStateMachine is not { } stored || stored.GetType() != called.Called.BoxedStateMachine?.GetType())
        {
            return; // it has ended, or the program has another method for this key now, which is compared as code
        }

        var now = NodeArguments.Of(called.Called, called.Twin);
        var written = StateMachineFields.WrittenBy(stored.GetType());
        foreach (var (name, value) in now.Plain.Where(argument => !written.Contains(argument.Name)))
        {
            var before = stored.GetType().GetField(name, Fields)!.GetValue(stored);
            if (!Equals(before, value))
            {
                throw now.Refuse(name, before, value, node);
            }
        }
    }
}
