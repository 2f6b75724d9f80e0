using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The state of a thread about the strands that it is inside of. One object for each thread, so that entering a
/// strand looks up thread-local storage once. Owner: its thread.</summary>
internal sealed class StrandThread
{
    [ThreadStatic] private static StrandThread? t_current;

    private int _startDepth;
    private bool _defersStart;

    private StrandThread(int id) => (Outside, Inside) = (2 * id, (2 * id) + 1);

    internal static StrandThread Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => t_current ?? MakeCurrent();
    }

    /// <summary>Stands in a bias for "this thread's, and it is not inside"; never 0.</summary>
    internal int Outside { get; }

    /// <summary>Stands in a bias for "this thread's, and it is inside".</summary>
    internal int Inside { get; }

    /// <summary>The innermost home that the thread is inside of; null outside every strand.</summary>
    internal IStrandHome? Home { get; set; }

    /// <summary>The generator whose first step runs here outside of every strand: its coroutines have no home yet.</summary>
    internal IGeneratorHome? StartingGenerator { get; set; }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StrandThread MakeCurrent() => t_current = new StrandThread(Environment.CurrentManagedThreadId);

    /// <summary>Goes inside <paramref name="home"/>. Pair with <see cref="Hold.Restore"/>.</summary>
    internal Hold Enter(IStrandHome home)
    {
        var hold = new Hold(this, Home, ExecutionContext.Capture());
        Home = home;
        return hold;
    }

    /// <summary>Before a coroutine starts on this stack: false if there is too little of it left. Asking the runtime costs
    /// as much as starting, so it is asked at each sixteenth level only; what it keeps free is enough for many more.</summary>
    internal bool TryGoDeeper()
    {
        if ((_startDepth & 15) == 15 && (_defersStart || !RuntimeHelpers.TryEnsureSufficientExecutionStack()))
        {
            return false;
        }

        _startDepth++;
        return true;
    }

    /// <summary>Calls a coroutine's method so that the coroutine does not start yet: it is boxed, with its arguments, and its
    /// <see cref="Suspension.DeferredStart"/> starts it.</summary>
    internal Coroutine CallDeferred(Func<Coroutine> method)
    {
        var (depth, defers) = (_startDepth, _defersStart);
        (_startDepth, _defersStart) = (depth | 15, true);
        try
        {
            return method();
        }
        finally
        {
            (_startDepth, _defersStart) = (depth, defers);
        }
    }

    /// <summary>The coroutine that was started has suspended or ended.</summary>
    internal void ComeBack() => _startDepth--;

    /// <summary>The thread's state before it went inside.</summary>
    internal readonly struct Hold(StrandThread thread, IStrandHome? outer, ExecutionContext? context)
    {
        internal StrandThread Thread => thread;

        internal ExecutionContext? Context => context;

        internal void Restore()
        {
            thread.Home = outer;
            ContextFlow.Restore(context);
        }
    }
}
