using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Reads what an older version of a method stored, and has its upgrade method translate it.</summary>
internal sealed class UpgradingCodec<TStateMachine>(Type type, MethodInfo upgrade, int version, IReadOnlyList<FieldSchema> stored, HashSet<int> states) : EndableCodec(type)
    where TStateMachine : IAsyncStateMachine
{
    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var coroutine = (Coroutine)item;
        if (TryReadEnded(reader, coroutine))
        {
            return;
        }

        CoroutineLinks.ReadOuter(reader, coroutine);
        reader.Box = coroutine;
        reader.Link = null;
        var fields = new CapturedFields(coroutine.MethodName);
        var hidden = new List<object>();
        object? awaiter = null;
        foreach (var field in stored)
        {
            var link = reader.Link;
            var value = FormerEnumCodec.Of(field).ReadBoxed(reader);
            if (!ReferenceEquals(link, reader.Link))
            {
                awaiter = value;
            }
            else if (field.Name == "<>1__state")
            {
                fields.State = (int)value!;
            }
            else if (VariableNames.IsHidden(field.Name))
            {
                hidden.Add(value!);
            }
            else
            {
                fields[CapturedFields.NameOf(field.Name, name => fields.TryGet(name, out _))] = value;
            }
        }

        reader.AddWaiting(coroutine);
        reader.Finish(() => Fill(coroutine, fields, hidden, awaiter));
    }

    /// <summary>What the compiler keeps for itself (a loop's enumerator) has other names in each version: it is found by type.</summary>
    private void Fill(Coroutine coroutine, CapturedFields fields, List<object> hidden, object? awaiter)
    {
        upgrade.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [fields, version], null);
        if (!states.Contains(fields.State))
        {
            throw new SnapshotException($"The upgrade of '{fields.Coroutine}' from version {version} left it at await {fields.State}, which this version does not have.");
        }

        object machine = typeof(TStateMachine).IsValueType ? default(TStateMachine)! : RuntimeHelpers.GetUninitializedObject(typeof(TStateMachine));
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var isLinked = false;
        foreach (var field in Fields<TStateMachine>.All)
        {
            if (field.Name == "<>1__state")
            {
                field.SetValue(machine, fields.State);
            }
            else if (field.Name == "<>t__builder")
            {
                field.SetValue(machine, Activator.CreateInstance(field.FieldType, BindingFlags.Instance | BindingFlags.NonPublic, null, [coroutine], null));
            }
            else if (!isLinked && field.FieldType == awaiter?.GetType())
            {
                field.SetValue(machine, awaiter);
                isLinked = true;
            }
            else if (VariableNames.IsHidden(field.Name))
            {
                if (hidden.Find(field.FieldType.IsInstanceOfType) is { } same)
                {
                    hidden.Remove(same);
                    field.SetValue(machine, same);
                }
            }
            else if (CapturedFields.NameOf(field.Name, taken.Contains) is var name && taken.Add(name) && fields.TryGet(name, out var value))
            {
                field.SetValue(machine, value is null || field.FieldType.IsInstanceOfType(value) ? value
                    : throw new SnapshotException($"The upgrade of '{fields.Coroutine}' from version {version} left '{name}' as a '{value.GetType()}'; in this version it is a '{field.FieldType}'."));
            }
        }

        if (!isLinked)
        {
            throw new SnapshotException($"'{fields.Coroutine}' waits in the snapshot for something that this version never awaits: {awaiter?.GetType()}.");
        }

        ((IStateMachineBox<TStateMachine>)coroutine).StateMachine = (TStateMachine)machine;
    }
}
