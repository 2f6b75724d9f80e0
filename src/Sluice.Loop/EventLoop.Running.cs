using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The loop itself.</summary>
public sealed partial class EventLoop
{
    /// <summary>The number of callbacks that run before timers, other threads and descriptors are looked at again.</summary>
    private const int BatchSize = 64;

    /// <summary>The number of times that what is ready is run when all has ended and each time something new was posted.</summary>
    private const int MaxLastRounds = 1000;

    private readonly long _slow;
    private readonly WaiterPools _pools = new();
    private readonly List<Exception> _errors = [];

    private ExecutionContext? _context;

    /// <summary>The main task's scope, and the only way from the loop to its tasks: while nothing is ready, letting go of it lets
    /// go of all of them. See <see cref="DeadlockProof"/>.</summary>
    private CancelScope _root = null!;
    private LoopWork _work;
    private LoopStatistics _statistics;
    private int _sinceLook;

    internal LoopClock Clock { get; }

    internal TimerHeap Timers { get; } = new();

    /// <summary>The time at which the current callback began.</summary>
    internal long TurnTimestamp { get; private set; }

    /// <summary>What it goes on for; to be changed on its thread.</summary>
    internal ref LoopWork Work => ref _work;

    /// <summary>The scope of the caller. Code that came here without a scope, such as a posted callback, is in that of the main
    /// task.</summary>
    internal CancelScope CurrentScope => s_scope.Value is { } scope && ReferenceEquals(scope.Loop, this) ? scope : _root;

    internal static void SetCurrentScope(CancelScope scope) => s_scope.Value = scope;

    internal long DueIn(TimeSpan time) => Clock.DueIn(time);

    /// <summary>Goes once around the loop, and then raises the error if there is one.</summary>
    /// <param name="error">The error.</param>
    /// <param name="scope">A cancellation of it that comes in that time is raised too. Null: what was decided is given.</param>
    internal ValueTask TurnAsync(Exception? error = null, CancelScope? scope = null)
    {
        var turn = _pools.Turns.Rent();
        turn.BeginTurn(this, error, scope);
        return turn.AsValueTask();
    }

    /// <summary>A failure that is no one's: the main task is cancelled, and it comes out of <c>Run</c>.</summary>
    internal void Fail(Exception error)
    {
        _errors.Add(error);
        try
        {
            _root.Cancel();
        }
        catch (AggregateException more) // of callbacks of tokens
        {
            _errors.AddRange(more.InnerExceptions);
        }
    }

    // Optimized from the start, as is RunUntilDone: code that is not yet keeps what it has used alive while it is on the stack,
    // and a deadlock could not be proved.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T RunMain<T>(Func<Task<T>> main, CancellationToken cancellationToken)
    {
        var outer = SynchronizationContext.Current;
        _context = ExecutionContext.Capture();
        var outerHost = Host.Enter();
        try
        {
            SynchronizationContext.SetSynchronizationContext(new LoopContext(this));
            TurnTimestamp = Clock.Now;
            Begin(main, cancellationToken);
            using (_options.HandleSignals ? new LoopSignals(this) : null)
            {
                RunUntilDone();
            }

            return Result<T>();
        }
        finally
        {
            LoopHost.Leave(outerHost);
            SynchronizationContext.SetSynchronizationContext(outer);
            Clock.Dispose();
            _incoming.EndWithPoller();
        }
    }

    private void Begin<T>(Func<Task<T>> main, CancellationToken cancellationToken)
    {
        _root = CancelScope.Root(this, Name, cancellationToken);
        _work.Tasks = 1;
        Enqueue(new((Action)(() => _root.Task.Body = MainAsync(main)), null));
    }

    private async Task<T> MainAsync<T>(Func<Task<T>> main)
    {
        SetCurrentScope(_root);
        try
        {
            var result = await main();
            if (_root.HasRuns)
            {
                await _root.EndRunsAsync();
            }

            return result;
        }
        finally
        {
            if (_root.HasRuns)
            {
                await _root.CancelRunsAsync();
            }

            _work.Tasks--;
            _root.Leave();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunUntilDone()
    {
        while (true)
        {
            _incoming.MoveTo(_ready);
            FireTimers();
            RunReady();
            if (_work.IsDone)
            {
                if (RunLast())
                {
                    return;
                }
            }
            else if (_ready.Count > 0)
            {
                Look();
            }
            else
            {
                WaitForWork();
            }
        }
    }

    /// <summary>All has ended: what is ready still runs, and what that posts, as code that cleans up after a cancellation. But a callback
    /// that posts itself again does so without an end, so after a number of rounds what is left is dropped.</summary>
    /// <returns>Whether the loop has ended; else something has begun that it has to wait for.</returns>
    private bool RunLast()
    {
        for (var rounds = 0; _work.IsDone;)
        {
            if (rounds == MaxLastRounds)
            {
                _incoming.End();
                return true;
            }

            if (_ready.Count == 0 && _incoming.TryEnd())
            {
                return true;
            }

            for (var left = _ready.Count; left > 0; left--)
            {
                Run(_ready.Dequeue());
            }

            // Only what this thread has posted counts: other threads come to an end of their own, and what they have posted runs.
            rounds += _ready.Count > 0 ? 1 : 0;
            _incoming.MoveTo(_ready);
        }

        return false;
    }

    private void FireTimers()
    {
        if (Timers.Earliest > TurnTimestamp)
        {
            return;
        }

        while (Timers.TryTakeDue(TurnTimestamp, out var due))
        {
            _statistics.TimersFired++;
            try
            {
                due.Fire();
            }
            catch (AggregateException error) // of callbacks of the token of a scope whose time is over
            {
                Fail(error);
            }
        }
    }

    private void RunReady()
    {
        for (var left = Math.Min(_ready.Count, BatchSize); left > 0; left--)
        {
            Run(_ready.Dequeue());
        }
    }

    private void Run(in WorkItem item)
    {
        var began = TurnTimestamp;
        _running = item;
        try
        {
            item.Run();
        }
        catch (Exception error) // its owner has no other place for it
        {
            Fail(error);
        }

        RestoreContext();
        TurnTimestamp = Clock.Now;
        _statistics.Callbacks++;
        _sinceLook++;
        var took = TurnTimestamp - began;
        _statistics.Longest = Math.Max(_statistics.Longest, took);
        if (took > _slow)
        {
            ReportSlow(item, took);
        }
    }

    /// <summary>Restores the thread's context, so that no callback leaves its own to the next one.</summary>
    private void RestoreContext()
    {
        if (_context is not null && ExecutionContext.Capture() != _context)
        {
            ExecutionContext.Restore(_context);
        }
    }

    private void ReportSlow(in WorkItem item, long took)
    {
        _statistics.SlowCallbacks++;
        try
        {
            _options.OnSlowCallback?.Invoke(new(CallbackName.Of(item), Clock.Provider.GetElapsedTime(0, took)));
        }
        catch (Exception error) // the user's
        {
            Fail(error);
        }

        TurnTimestamp = Clock.Now;
    }

    private T Result<T>()
    {
        var main = (Task<T>)_root.Task.Body!;
        if (main.Exception is { } failure)
        {
            _errors.AddRange(failure.InnerExceptions.Except(_errors));
        }

        return _errors switch
        {
            [] => main.GetAwaiter().GetResult(),
            [var single] => Throw(single),
            _ => throw new AggregateException(_errors),
        };

        static T Throw(Exception error)
        {
            ExceptionDispatchInfo.Throw(error);
            return default!;
        }
    }
}
