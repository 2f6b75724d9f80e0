using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The state machine in a coroutine, whether it has a result or not.</summary>
internal interface IStateMachineBox<TStateMachine>
{
    ref TStateMachine? StateMachine { get; }
}

/// <summary>A suspended coroutine: the compiler's state machine and nothing else, in one object.</summary>
internal sealed class CoroutineBox<TStateMachine> : Coroutine, IStateMachineBox<TStateMachine>
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine? StateMachine;

    internal CoroutineBox()
        : base(Strand.CurrentHome)
    {
    }

    internal override string MethodName => CoroutineNames.OfStateMachine(typeof(TStateMachine));

    internal override object? BoxedStateMachine => StateMachine;

    ref TStateMachine? IStateMachineBox<TStateMachine>.StateMachine => ref StateMachine;

    private protected override void Run() => StateMachine!.MoveNext();

    private protected override Coroutine? Finish()
    {
        StateMachine = default;
        return TakeContinuation();
    }
}

/// <summary>The same for a method with a result.</summary>
internal sealed class CoroutineBox<TStateMachine, TResult> : Coroutine<TResult>, IStateMachineBox<TStateMachine>
    where TStateMachine : IAsyncStateMachine
{
    internal TStateMachine? StateMachine;

    internal CoroutineBox()
        : base(Strand.CurrentHome)
    {
    }

    internal override string MethodName => CoroutineNames.OfStateMachine(typeof(TStateMachine));

    internal override object? BoxedStateMachine => StateMachine;

    ref TStateMachine? IStateMachineBox<TStateMachine>.StateMachine => ref StateMachine;

    private protected override void Run() => StateMachine!.MoveNext();

    private protected override Coroutine? Finish()
    {
        StateMachine = default;
        return TakeContinuation();
    }
}

/// <summary>A coroutine that ended before it had to suspend.</summary>
internal sealed class EndedCoroutine : Coroutine
{
    /// <summary>The end without a result or an error, shared: no one can be told apart by it.</summary>
    internal static readonly EndedCoroutine Completed = new();

    private EndedCoroutine()
        : base(null) => Complete();

    internal EndedCoroutine(Exception error)
        : base(Strand.CurrentHome)
    {
        Suspension.NameOfEnded = CoroutineNames.OfThrower(error);
        Fail(error);
    }

    internal override string MethodName => NameOfEnded ?? "coroutine";

    private protected override void Run()
    {
    }

    private protected override Coroutine? Finish() => TakeContinuation();
}

/// <summary>The same for a method with a result.</summary>
internal sealed class EndedCoroutine<TResult> : Coroutine<TResult>
{
    internal EndedCoroutine(TResult result)
        : base(null)
    {
        Result = result;
        Complete();
    }

    internal EndedCoroutine(Exception error)
        : base(Strand.CurrentHome)
    {
        Suspension.NameOfEnded = CoroutineNames.OfThrower(error);
        Fail(error);
    }

    internal override string MethodName => NameOfEnded ?? "coroutine";

    private protected override void Run()
    {
    }

    private protected override Coroutine? Finish() => TakeContinuation();
}
