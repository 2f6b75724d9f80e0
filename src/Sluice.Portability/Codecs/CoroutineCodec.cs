using System.Reflection;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A coroutine: the fields of its state machine, and who goes on when it ends.</summary>
internal sealed class CoroutineCodec<TStateMachine>(Type type) : EndableCodec(type)
    where TStateMachine : IAsyncStateMachine
{
    private readonly MethodInfo? _method = CodeMethods.OfStateMachine(typeof(TStateMachine));
    private readonly MethodInfo _moveNext = CodeMethods.MoveNextOf(typeof(TStateMachine));

    internal override IEnumerable<Type> Names => [_method!.DeclaringType!, .. _method.IsGenericMethod ? _method.GetGenericArguments() : []];

    internal override IReadOnlyList<FieldSchema> Layout => [.. Fields<TStateMachine>.Schema, .. BuildMark.Of(_moveNext)];

    internal override string? Refusal => _method is null ? "its method is not known" : Fields<TStateMachine>.Refusal;

    internal override string Code => CodeText.Of(_moveNext) + CodeUse.MakerOf(_method!.DeclaringType!) + string.Join('\n', ResultParts.Where(static part => EnumMembers.IsMember(part.Name)).Select(static part => part.Name));

    private HashSet<int> States => field ??= CodeUse.StatesOf(_moveNext);

    internal override void WriteIdentity(ByteSink to)
    {
        to.WriteByte((byte)SchemaKind.Coroutine);
        MethodNames.Write(to, _method!);
        to.WriteCount(StageVersionAttribute.Of(_method!));
    }

    /// <summary>Its state, if it shares variables with lambdas: which of them it still uses depends on where it waits.</summary>
    private readonly FieldInfo? _state = Fields<TStateMachine>.All.Any(static field => CodeUse.IsClosure(field.FieldType)) ? Fields<TStateMachine>.All.First(static field => field.Name == "<>1__state") : null;

    internal override void Used(SnapshotWriter writer)
    {
        if (_state is null)
        {
            writer.Use(_moveNext);
        }
    }

    internal override TypeCodec? TryUpgrade(SchemaBytes stored, int version, SnapshotOptions options) =>
        StageVersionAttribute.UpgradeOf(_method!) is { } upgrade && version < StageVersionAttribute.Of(_method!)
            ? new UpgradingCodec<TStateMachine>(Type, upgrade, version, Schemas.FieldsOf(stored, options), _moveNext)
            : null;

    internal override void WriteBody(SnapshotWriter writer, object item)
    {
        var coroutine = (Coroutine)item;
        if (!TryWriteEnded(writer, coroutine))
        {
            writer.Link = null;
            if (_state is not null)
            {
                writer.Use(_moveNext, (int)_state.GetValue(coroutine.BoxedStateMachine)!);
            }

            CoroutineLinks.WriteOuter(writer, coroutine);
            Fields<TStateMachine>.Access(writer.UsesReflection).Write(writer, ref ((IStateMachineBox<TStateMachine>)coroutine).StateMachine!);
            writer.AddWaiting(coroutine);
        }
    }

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        var coroutine = (Coroutine)item;
        if (TryReadEnded(reader, coroutine))
        {
            return;
        }

        CoroutineLinks.ReadOuter(reader, coroutine);
        if (reader.Bodies.PeekSigned() is var state && (state is < 0 or > int.MaxValue || !States.Contains((int)state))) // the state has the first name of all fields
        {
            throw new SnapshotException($"The snapshot is damaged: '{coroutine.MethodName}' has no await number {state}.");
        }

        ref var machine = ref ((IStateMachineBox<TStateMachine>)coroutine).StateMachine;
        if (!typeof(TStateMachine).IsValueType)
        {
            machine = (TStateMachine)RuntimeHelpers.GetUninitializedObject(typeof(TStateMachine));
        }

        reader.Box = coroutine;
        reader.Link = null;
        Fields<TStateMachine>.Access(reader.UsesReflection).Read(reader, ref machine!);
        reader.AddWaiting(coroutine);
    }
}

/// <summary>A coroutine, which may have ended with a result.</summary>
internal abstract class EndableCodec(Type type) : TypeCodec(type)
{
    private readonly ResultCodec? _result = ResultCodec.Of(type);

    /// <summary>The parts of its result.</summary>
    private protected IReadOnlyList<FieldSchema> ResultParts => _result?.Parts ?? [];

    private protected bool TryWriteEnded(SnapshotWriter writer, Coroutine coroutine)
    {
        writer.Bodies.WriteBool(coroutine.IsCompleted);
        if (!coroutine.IsCompleted)
        {
            return false;
        }

        if (coroutine.Error is not null)
        {
            throw writer.Refuse("it has failed, and nothing has awaited that. " + PortableTypes.Refusal(typeof(Exception)), coroutine.GetType());
        }

        _result?.Write(writer, coroutine);
        return true;
    }

    private protected bool TryReadEnded(SnapshotReader reader, Coroutine coroutine)
    {
        if (!reader.Bodies.ReadBool())
        {
            return false;
        }

        _result?.Read(reader, coroutine);
        coroutine.Complete();
        return true;
    }
}

/// <summary>A coroutine that ended before it had to wait.</summary>
internal sealed class EndedCodec(Type type) : EndableCodec(type)
{
    internal override IReadOnlyList<FieldSchema> Layout => ResultParts;

    internal override void WriteBody(SnapshotWriter writer, object item) => TryWriteEnded(writer, (Coroutine)item);

    internal override void ReadBody(SnapshotReader reader, object item)
    {
        if (!TryReadEnded(reader, (Coroutine)item))
        {
            throw new SnapshotException("The snapshot is damaged: a coroutine that has ended waits.");
        }
    }
}

/// <summary>The parts of a coroutine beside its state machine.</summary>
internal static class CoroutineLinks
{
    internal static void WriteOuter(SnapshotWriter writer, Coroutine coroutine)
    {
        if (coroutine.Continuation is TaskCompletionSource)
        {
            throw writer.Refuse("code outside of coroutines awaits it. Start it with Target.Start, or await it in a coroutine", coroutine.GetType());
        }

        writer.Reference(coroutine.Continuation);
        writer.Reference(coroutine.Home as IExchange);
    }

    internal static void ReadOuter(SnapshotReader reader, Coroutine coroutine)
    {
        var outer = reader.Reference();
        if (outer is not (null or Coroutine or ICoroutineOwner))
        {
            throw new SnapshotException("The snapshot is damaged: a coroutine is awaited by something that cannot await.");
        }

        coroutine.Restore(outer, (IStrandHome?)(IExchange?)reader.Reference() ?? reader.Home);
    }

    /// <summary>Returns whether the coroutine is truly waiting for it, seen from there.</summary>
    internal static bool IsWaitedBy(object? link, Coroutine coroutine) => link switch
    {
        Coroutine child => ReferenceEquals(child.Continuation, coroutine) && !child.IsCompleted,
        IParkingPlace place => place.IsParkedHere(coroutine),
        _ => false,
    };
}
