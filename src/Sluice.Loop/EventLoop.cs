using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Runs tasks on one thread: timers, I/O and everything that awaits them. Between two awaits nothing else runs, so what
/// the tasks of a loop share needs no locks.</summary>
/// <remarks>
/// <para><see cref="Run(Func{Task}, EventLoopOptions?, CancellationToken)"/> makes the calling thread the loop's. It installs a
/// <see cref="SynchronizationContext"/>, so code that awaits a <see cref="Task"/> there resumes there, unless it says
/// <c>ConfigureAwait(false)</c>. <see cref="TaskScheduler.Current"/> is the default one, as everywhere.</para>
/// <para>What is ready runs in the order in which it became ready. What a callback makes ready runs after what is ready already;
/// timers and descriptors are looked at in between, at the latest after 64 callbacks.</para>
/// <para>A loop ends when its main task has, and everything else that it knows of: what the main task fired and forgot is
/// cancelled, and waited for as long as it waits for something of the loop; so are <c>async void</c> methods, and calls on other
/// threads. What awaits an outside <see cref="Task"/> without being awaited cannot be seen: when that ends later, the
/// continuation runs on the thread pool, in a cancelled scope. What was forgotten and fails is told to
/// <see cref="TaskScheduler.UnobservedTaskException"/> only, as everywhere. An exception out of a callback or an <c>async void</c> method
/// cancels the main task and comes out of <c>Run</c>.</para>
/// <para>A run of a pipeline that is started on the loop, by <c>RunAsync</c> or <c>StartAsync</c>, is a task of the loop, in the scope that
/// was the current one: it is cancelled with that, and so by Ctrl+C and SIGTERM, and waited for. When the main task has
/// ended normally, runs that it has started go on to their end, as children of a group do.</para>
/// <para>Thread safety: <see cref="PostThreadSafe(Action)"/>, <see cref="Dump"/>, <see cref="IsOnThread"/> and <see cref="Name"/> may be used from
/// any thread, everything else on the loop's thread only; elsewhere it throws <see cref="InvalidOperationException"/>.</para>
/// </remarks>
[DebuggerDisplay("{Name,nq}")]
public sealed partial class EventLoop
{
    private static readonly AsyncLocal<CancelScope?> s_scope = new();

    private readonly EventLoopOptions _options;

    private EventLoop(EventLoopOptions options)
    {
        _options = options;
        _incoming = new(_poller);
        Clock = new(options.TimeProvider, WakeUp);
        TimeProvider = new LoopTimeProvider(this, options.TimeProvider);
        Host = new LoopHost(this);
        _slow = options.SlowCallback == Timeout.InfiniteTimeSpan ? long.MaxValue : Clock.Ticks(options.SlowCallback);
    }

    /// <summary>The loop that runs on this thread.</summary>
    /// <exception cref="InvalidOperationException">Thrown: there is none.</exception>
    public static EventLoop Current => CurrentOrNull ?? throw new InvalidOperationException("There is no event loop on this thread: this has to be called on one, within EventLoop.Run.");

    internal static EventLoop? CurrentOrNull => (StrandHost.Current as LoopHost)?.Loop;

    /// <summary>The loop as the place of strands.</summary>
    internal LoopHost Host { get; }

    /// <summary>The name from the options.</summary>
    public string Name => _options.Name;

    /// <summary>The loop's clock. Its timers call back on the loop's thread, and may be set and disposed of from any. They do not
    /// keep the loop from ending.</summary>
    public TimeProvider TimeProvider { get; }

    /// <summary>Gets whether the caller is on the loop's thread.</summary>
    public bool IsOnThread => ReferenceEquals(StrandHost.Current, Host);

    /// <summary>Counts the loop's work so far.</summary>
    public EventLoopCounters Counters
    {
        get
        {
            CheckThread();
            return new(_statistics.Callbacks, _statistics.TimersFired, _statistics.Polls, _statistics.SlowCallbacks, Clock.Provider.GetElapsedTime(0, _statistics.Longest));
        }
    }

    /// <summary>Runs a loop on the calling thread, and returns when everything on it has ended.</summary>
    /// <param name="main">The main task.</param>
    /// <param name="options">The options. Default: those of a new <see cref="EventLoopOptions"/>.</param>
    /// <param name="cancellationToken">Cancels the main task.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="main"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: a loop runs on this thread already.</exception>
    /// <exception cref="OperationCanceledException">Thrown: the main task was cancelled, and did not handle it.</exception>
    /// <exception cref="EventLoopDeadlockException">Thrown: tasks waited, and nothing could happen any more.</exception>
    /// <exception cref="AggregateException">Thrown: more than one thing failed.</exception>
    /// <exception cref="Exception">Thrown: what the main task, a callback or an <c>async void</c> method fails with.</exception>
    public static void Run(Func<Task> main, EventLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        Run(
            async () =>
            {
                await main();
                return default(NoValue);
            },
            options,
            cancellationToken);
    }

    /// <summary>The same with a result.</summary>
    /// <inheritdoc cref="Run(Func{Task}, EventLoopOptions?, CancellationToken)"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>What the main task returns.</returns>
    public static T Run<T>(Func<Task<T>> main, EventLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        if (CurrentOrNull is { } current)
        {
            throw new InvalidOperationException($"The event loop '{current.Name}' runs on this thread already: await the task, or run a second loop on another thread.");
        }

        options ??= EventLoopOptions.Default;
        if (options.SlowCallback != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.SlowCallback, TimeSpan.Zero, nameof(options));
        }

        return new EventLoop(options).RunMain(main, cancellationToken);
    }

    /// <summary>Waits, by the loop's clock, while the others run.</summary>
    /// <remarks>Steady state allocates nothing. A million at once is fine: setting one takes a time that grows with the logarithm
    /// of their number.</remarks>
    /// <param name="duration">How long; zero lets the others run once, <see cref="Timeout.InfiniteTimeSpan"/> waits to be cancelled.</param>
    /// <returns>What to await, once.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="duration"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled.</exception>
    public static ValueTask SleepAsync(TimeSpan duration)
    {
        CheckTimeout(duration);
        var loop = Current;
        var scope = loop.CurrentScope;
        if (scope.IsCancelled || duration == TimeSpan.Zero)
        {
            return loop.TurnAsync(scope.IsCancelled ? scope.NewCancellation() : null, scope);
        }

        var sleep = loop._pools.Sleeps.Rent();
        sleep.BeginSleep(loop, scope, loop.Timers, loop.DueIn(duration));
        return sleep.AsValueTask();
    }

    /// <summary>Lets everything else that is ready run, and gives a cancellation the chance to end the caller, also one that comes while the others run.</summary>
    /// <returns>What to await, once.</returns>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope was cancelled.</exception>
    public static ValueTask YieldAsync() => SleepAsync(TimeSpan.Zero);

    /// <summary>Gives a cancellation the chance to end the caller, without letting others run.</summary>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Thrown: the scope was cancelled.</exception>
    public static void Checkpoint()
    {
        var scope = Current.CurrentScope;
        if (scope.IsCancelled)
        {
            throw scope.NewCancellation();
        }
    }

    /// <summary>Runs a call that blocks on a thread of the pool, and waits for it while the others run.</summary>
    /// <remarks>A call under way cannot be cancelled: the result comes when it is there. In a cancelled scope it does not
    /// begin.</remarks>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="call">The call. It must not touch what belongs to the loop.</param>
    /// <returns>What the call returns.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="call"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the scope had been cancelled.</exception>
    /// <exception cref="Exception">Awaited: what the call throws.</exception>
    public static Task<T> RunInThreadAsync<T>(Func<T> call) => CallElsewhereAsync(call, Task.Run);

    /// <summary>The same for a call that goes on after it has returned: waits for its task too.</summary>
    /// <inheritdoc cref="RunInThreadAsync{T}(Func{T})"/>
    /// <returns>What the task returns.</returns>
    [OverloadResolutionPriority(1)]
    public static Task<T> RunInThreadAsync<T>(Func<Task<T>> call) => CallElsewhereAsync(call, Task.Run);

    /// <inheritdoc cref="RunInThreadAsync{T}(Func{Task{T}})"/>
    /// <returns>Completes when the task has.</returns>
    [OverloadResolutionPriority(1)]
    public static Task RunInThreadAsync(Func<Task> call) => CallElsewhereAsync(call, static async call =>
    {
        await Task.Run(call).ConfigureAwait(false);
        return default(NoValue);
    });

    /// <param name="call">What is called, under whose name the wait is in dumps.</param>
    /// <param name="start">Begins it on a thread of the pool.</param>
    private static async Task<T> CallElsewhereAsync<TCall, T>(TCall call, Func<TCall, Task<T>> start)
        where TCall : Delegate
    {
        ArgumentNullException.ThrowIfNull(call);
        var loop = Current;
        if (loop.CurrentScope.IsCancelled)
        {
            await YieldAsync();
        }

        var ended = new WaiterQueue<NoValue>(loop, "a call on another thread: ", CallbackName.Of(call.Method));
        loop._work.Calls++;
        var work = start(call);
        _ = work.ContinueWith(
            _ => loop.PostFromAnywhere(new((Action)ended.CompleteAll, null)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await ended.Wait(canBeCancelled: false).AsValueTask();
            return await work;
        }
        finally
        {
            loop._work.Calls--;
        }
    }

    /// <summary>The same without a result.</summary>
    /// <inheritdoc cref="RunInThreadAsync{T}(Func{T})"/>
    /// <exception cref="ArgumentException">Thrown: it is an <c>async void</c> method.</exception>
    public static Task RunInThreadAsync(Action call) => CallElsewhereAsync(AsyncVoid.Refuse(call)!, static call => Task.Run(() =>
    {
        call();
        return default(NoValue);
    }));

    /// <summary>Checks a time limit, the same for every operation of the loop.</summary>
    internal static void CheckTimeout(TimeSpan timeout, [CallerArgumentExpression(nameof(timeout))] string? name = null)
    {
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero, name);
        }
    }

    internal void CheckThread()
    {
        if (!IsOnThread)
        {
            throw new InvalidOperationException($"This belongs to the event loop '{Name}', which {(HasEnded ? "has ended" : "runs on another thread")}. Have it done there with PostThreadSafe.");
        }
    }
}
