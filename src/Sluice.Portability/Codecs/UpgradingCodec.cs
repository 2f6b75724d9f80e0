using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Reads what an older version of a method stored, and has its upgrade method translate it.</summary>
internal sealed class UpgradingCodec<TStateMachine>(Type type, MethodInfo upgrade, int version, IReadOnlyList<FieldSchema> stored, MethodInfo moveNext) : EndableCodec(type)
    where TStateMachine : IAsyncStateMachine
{
    private readonly Dictionary<int, string> _awaiters = CodeUse.AwaitersOf(moveNext);

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
        var run = new Upgrade(upgrade, $"'{fields.Coroutine}'", version);
        run.Run(fields);
        if (!_awaiters.TryGetValue(fields.State, out var link))
        {
            throw run.Fault($"left it at await {fields.State}, which this version does not have: its awaits are {string.Join(", ", _awaiters.Keys.Order())}");
        }

        object machine = typeof(TStateMachine).IsValueType ? default(TStateMachine)! : RuntimeHelpers.GetUninitializedObject(typeof(TStateMachine));
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
            else if (field.Name == link)
            {
                field.SetValue(machine, field.FieldType == awaiter?.GetType() ? awaiter
                    : throw run.Fault($"left it at await {fields.State}, which awaits a '{field.FieldType}'; in the snapshot it waits at a '{awaiter?.GetType()}'. Set fields.State to the await of this version that is the same"));
            }
            else if (VariableNames.IsHidden(field.Name))
            {
                if (hidden.Find(field.FieldType.IsInstanceOfType) is { } same)
                {
                    hidden.Remove(same);
                    field.SetValue(machine, same);
                }
                else if (field.FieldType != typeof(object) && !field.FieldType.IsPrimitive && CodeFlow.Reads(moveNext, fields.State, field.Name)) // those are empty until an error waits for a finally
                {
                    throw run.Fault($"left it at await {fields.State}, inside of a foreach or a using that the older version did not have there: nothing is known of its '{field.FieldType}'. Set fields.State to an await outside of it");
                }
            }
            else
            {
                field.SetValue(machine, run.Take(fields, field));
            }
        }

        run.CheckAllTaken(fields);
        ((IStateMachineBox<TStateMachine>)coroutine).StateMachine = (TStateMachine)machine;
    }
}
