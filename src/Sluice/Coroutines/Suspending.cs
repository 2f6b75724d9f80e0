using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Suspends at an await that is not completed, for both builders.</summary>
/// <remarks>Optimized code decides the type tests when it is compiled for its awaiter, which is a struct, and calls it
/// directly. Until then each of these casts makes a box of 24 bytes. Reading the struct's field by its place instead would
/// never allocate, but made a send 0.85 ns (14%) slower.</remarks>
internal static class Suspending
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void At<TAwaiter>(ref TAwaiter awaiter, Coroutine coroutine)
        where TAwaiter : ICriticalNotifyCompletion
    {
        if (default(TAwaiter) is not null && awaiter is IParkingAwaiter)
        {
            ((IParkingAwaiter)awaiter).Park(coroutine);
        }
        else if (default(TAwaiter) is null || awaiter is not IChildAwaiter || !((IChildAwaiter)awaiter).Child.TryPark(coroutine))
        {
            var suspension = coroutine.Suspension;
            suspension.GoAway();
            awaiter.UnsafeOnCompleted(suspension.Resumed);
        }
    }

    internal static void AtSafe<TAwaiter>(ref TAwaiter awaiter, Coroutine coroutine)
        where TAwaiter : INotifyCompletion
    {
        var suspension = coroutine.Suspension;
        suspension.GoAway();
        awaiter.OnCompleted(suspension.Resumed);
    }

    /// <summary>Too deep on the stack to start a coroutine: it starts when the stack has unwound, to the strand's holder, to
    /// the step of a generator, or outside of both to the code that awaits it. So a recursion of coroutines ends with the memory,
    /// not with the stack.</summary>
    internal static void StartLater(Coroutine coroutine)
    {
        var start = new DeferredStart(coroutine);
        coroutine.Suspension.DeferredStart = start;
        coroutine.Home?.Strand.EnterBehind(start);
    }

    /// <summary>The coroutine goes on from the strand's queue, behind what waits there.</summary>
    internal static void Requeue(Coroutine coroutine)
    {
        var suspension = coroutine.Suspension;
        suspension.GoAway();
        suspension.Home.Strand.EnterBehind(suspension);
    }
}
