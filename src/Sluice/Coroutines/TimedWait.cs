namespace Sluice;

/// <summary>Ends a receive that has waited long enough: for a time, or for a task. One for each port that uses it.</summary>
/// <remarks>The timer and the task call from anywhere; everything else belongs to the strand's holder. They only enter the
/// strand, where it is looked at whether the receiver still waits, and for this.</remarks>
internal sealed class TimedWait<T>(CoroutineTarget<T> port, TimeProvider time) : StrandWork
{
    /// <summary>Forty days: the longest that every timer takes.</summary>
    private const double MaxTimerMilliseconds = 40 * 86_400_000.0;

    /// <summary>The number of tasks that may keep a continuation of this at a time: a receiver that waits for some of them by turns registers once with
    /// each.</summary>
    private const int MaxRegistered = 4;

    private readonly Strand _strand = ((IStrandHome)port.Home).Strand;
    private ITimer? _timer;
    private long _armedFor = long.MaxValue;
    private long _deadline;
    private Task? _until;

    /// <summary>The tasks whose end calls <see cref="Wake"/>, each registered once. Some may have ended since.</summary>
    private readonly List<Task> _registered = [];

    /// <summary>Ends what these tasks keep. Null before the first of them.</summary>
    private TaskCompletionSource? _unregister;
    private Ends _ends;

    /// <summary>Ends a pause early.</summary>
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;

    /// <summary>1 while it stands in the strand's queue, which takes it once.</summary>
    private int _isQueued;

    /// <summary>What ends the wait that the receiver is in.</summary>
    private enum Ends
    {
        /// <summary>It is in none.</summary>
        None,
        Time,
        Task,
        Signal,

        /// <summary>The signal has come, and the receiver has not learnt of it.</summary>
        Signaled,
    }

    /// <summary>The receiver was resumed because the wait is over.</summary>
    internal bool IsOver { get; set; }

    /// <summary>The task whose end the receiver waits for at the longest.</summary>
    internal Task? Until => _ends == Ends.Task ? _until : null;

    /// <summary>Gets whether the receiver waits for a signal.</summary>
    internal bool IsForSignal => _ends is Ends.Signal or Ends.Signaled;

    /// <summary>The time that the receiver would wait from now on; null if it does not wait in time.</summary>
    internal TimeSpan? Left => _ends == Ends.None ? null
        : _deadline == long.MaxValue ? Timeout.InfiniteTimeSpan
        : time.GetElapsedTime(time.GetTimestamp(), Math.Max(time.GetTimestamp(), _deadline));

    internal bool IsDue => _ends switch
    {
        Ends.None or Ends.Signal => false,
        Ends.Task => _until!.IsCompleted,
        Ends.Time => time.GetTimestamp() >= _deadline || _cancellation.IsCancellationRequested,
        _ => true,
    };

    /// <summary>The receiver parks until an item comes, at the longest for <paramref name="timeout"/>.</summary>
    internal void Begin(TimeSpan timeout)
    {
        _ends = Ends.Time;
        _until = null;
        var now = time.GetTimestamp();
        var wait = Math.Ceiling(timeout.TotalSeconds * time.TimestampFrequency);
        _deadline = timeout == Timeout.InfiniteTimeSpan || wait >= long.MaxValue - now ? long.MaxValue : now + (long)wait;
        if (_deadline < _armedFor)
        {
            Arm();
        }
    }

    /// <summary>The same until a task has ended, in any way.</summary>
    internal void Begin(Task until)
    {
        _ends = Ends.Task;
        _until = until;
        if (!_registered.Contains(until))
        {
            Register(until);
        }
    }

    /// <summary>The receiver takes no items for a time, or until it is cancelled.</summary>
    internal void BeginPause(TimeSpan timeout, CancellationToken cancellation)
    {
        Begin(timeout);
        _cancellation = cancellation;
        _registration = cancellation.UnsafeRegister(static wait => ((TimedWait<T>)wait!).Wake(), this);
    }

    /// <summary>The receiver waits for <see cref="Signal"/>.</summary>
    internal void BeginForSignal()
    {
        _ends = Ends.Signal;
        _until = null;
        _deadline = long.MaxValue;
    }

    /// <summary>Ends a wait for it. Within the strand.</summary>
    internal void Signal()
    {
        if (_ends == Ends.Signal)
        {
            _ends = Ends.Signaled;
            Wake();
        }
    }

    /// <summary>The port was restored, or is thawed, and what the wait is for may have come before.</summary>
    internal void WakeIfDue()
    {
        if (IsDue)
        {
            Wake();
        }
    }

    internal void End()
    {
        _ends = Ends.None;
        if (_cancellation.CanBeCanceled)
        {
            _registration.Unregister();
            (_cancellation, _registration) = (default, default);
        }
    }

    internal void Dispose()
    {
        End();
        _timer?.Dispose();
        Volatile.Write(ref _isQueued, 1); // it is woken no more: nothing is left to be looked at
        Unregister();
    }

    internal override void Run()
    {
        Volatile.Write(ref _isQueued, 0);
        if (_armedFor <= time.GetTimestamp())
        {
            _armedFor = long.MaxValue;
        }

        if (IsDue)
        {
            port.EndWait(this);
        }
        else if (_ends == Ends.Time && _deadline < _armedFor)
        {
            Arm(); // the timer was for an earlier wait, or came a little early
        }
    }

    /// <summary>A task keeps its continuations until it ends, which may be never. Of two tasks, <c>WhenAny</c> takes itself off the other one when
    /// one of them has ended; so all that is registered can be taken back.</summary>
    private void Register(Task until)
    {
        _registered.RemoveAll(static task => task.IsCompleted);
        if (_registered.Count == MaxRegistered)
        {
            Unregister();
        }

        _registered.Add(until);
        _unregister ??= new();
        Task.WhenAny(until, _unregister.Task).ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() =>
        {
            if (until.IsCompleted) // else it was taken back: that may be told on another thread, which must not enter the strand for nothing
            {
                Wake();
            }
        });
    }

    private void Unregister()
    {
        _registered.Clear();
        var unregister = _unregister;
        _unregister = null;
        unregister?.SetResult();
    }

    /// <summary>A timer that is armed is left alone if it comes before the deadline: it is armed again then. So many receives
    /// in a row that each get their item in time arm it once.</summary>
    private void Arm()
    {
        var now = time.GetTimestamp();
        var due = time.GetElapsedTime(now, Math.Max(now, _deadline));
        due = TimeSpan.FromMilliseconds(Math.Clamp(Math.Ceiling(due.TotalMilliseconds), 1, MaxTimerMilliseconds)); // timers count whole ones
        _armedFor = now + (long)(due.TotalSeconds * time.TimestampFrequency);
        if (_timer is null)
        {
            using var flow = ExecutionContext.IsFlowSuppressed() ? default(AsyncFlowControl?) : ExecutionContext.SuppressFlow();
            _timer = time.CreateTimer(static wait => ((TimedWait<T>)wait!).Wake(), this, due, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isQueued, 1) == 0)
        {
            _strand.Enter(this);
        }
    }
}
