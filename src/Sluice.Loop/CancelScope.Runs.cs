namespace Sluice;

/// <summary>The runs of pipelines that were started in the scope: it is not left before they have ended.</summary>
public sealed partial class CancelScope
{
    private int _runs;
    private WaiterQueue<NoValue>? _lastRun;

    /// <summary>The run that it is the scope of; null for every other scope.</summary>
    internal LoopRun? Run { get; private init; }

    /// <summary>Gets whether runs that were started in the scope itself have not ended.</summary>
    internal bool HasRuns => _runs > 0;

    /// <summary>The open scope of a run below <paramref name="parent"/>, which is a task of its own.</summary>
    internal static CancelScope OfRun(CancelScope parent, LoopRun run, string name)
    {
        var scope = new CancelScope(parent.Loop, fails: false) { Run = run };
        scope.AttachAsTask(parent, name);
        parent._runs++;
        return scope;
    }

    /// <summary>A run that was started in this scope has ended.</summary>
    internal void RunEnded()
    {
        _runs--;
        if (_runs == 0)
        {
            _lastRun?.CompleteAll();
        }
    }

    /// <summary>The body has ended normally: its runs go on to their end, as children of a group do. It is as if the body waited for
    /// them, so that it is cancelled if they are by the scope.</summary>
    internal async Task EndRunsAsync()
    {
        var wasCancelled = IsCancelled;
        await RunsAsync();
        if (IsCancelled && !wasCancelled)
        {
            throw NewCancellation();
        }
    }

    /// <summary>The body has failed.</summary>
    internal Task CancelRunsAsync()
    {
        CancelLeft();
        return RunsAsync();
    }

    private async Task RunsAsync()
    {
        while (HasRuns) // a run may start another one here
        {
            _lastRun ??= new(Loop, "the runs in ", Label ?? "a scope");
            await _lastRun.Wait(canBeCancelled: false).AsValueTask();
        }
    }
}
