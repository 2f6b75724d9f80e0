namespace Sluice;

/// <summary>Posting: callbacks get their turn from the loop's own thread, without a lock, and from any other.</summary>
public sealed partial class EventLoop
{
    private readonly WorkQueue _ready = new();

    /// <summary>Guards what other threads touch: <c>_incoming</c>, <c>_isAsleep</c>, <c>_isWoken</c>, the end, and the poller's end.</summary>
    private readonly Lock _gate = new();
    private List<WorkItem> _incoming = [];

    /// <summary>Callbacks taken from other threads; empty between two looks. Owner: the loop's thread.</summary>
    private List<WorkItem> _taken = [];
    private bool _isAsleep;
    private bool _isWoken;
    private volatile bool _hasIncoming;
    private volatile bool _hasEnded;

    internal bool HasEnded => _hasEnded;

    /// <summary>Has the loop call something, after what is ready already. Does not allocate.</summary>
    /// <remarks>It is called also if the main task has ended by then. What callbacks go on posting when all tasks have ended is dropped in
    /// the end: after a thousand rounds the loop ends.</remarks>
    /// <param name="callback">What to call. What it throws ends the loop.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="callback"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public void Post(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckThread();
        Enqueue(new(callback, null));
    }

    /// <inheritdoc cref="Post(Action)"/>
    /// <param name="callback">What to call. What it throws ends the loop.</param>
    /// <param name="state">Its argument.</param>
    public void Post(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        CheckThread();
        Enqueue(new(callback, state));
    }

    /// <summary>Has the loop call something, from any thread. Calls from one thread run in order.</summary>
    /// <param name="callback">What to call. What it throws ends the loop.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="callback"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the loop has ended.</exception>
    public void PostThreadSafe(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (!TryPost(new(callback, null)))
        {
            throw new InvalidOperationException($"The event loop '{Name}' has ended.");
        }
    }

    /// <inheritdoc cref="PostThreadSafe(Action)"/>
    /// <param name="callback">What to call. What it throws ends the loop.</param>
    /// <param name="state">Its argument.</param>
    public void PostThreadSafe(Action<object?> callback, object? state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (!TryPost(new(callback, state)))
        {
            throw new InvalidOperationException($"The event loop '{Name}' has ended.");
        }
    }

    /// <summary>For those who must not fail: continuations. After the loop's end they run on the thread pool.</summary>
    internal void PostFromAnywhere(WorkItem item)
    {
        if (!TryPost(item))
        {
            ThreadPool.QueueUserWorkItem(static item => item.Run(), item, preferLocal: false);
        }
    }

    internal void Enqueue(in WorkItem item) => _ready.Enqueue(item);

    /// <summary>An <c>async void</c> method began or ended; it may end on any thread.</summary>
    internal void ChangeVoidMethods(int by)
    {
        if (IsOnThread)
        {
            _voidMethods += by;
        }
        else
        {
            PostFromAnywhere(new(() => _voidMethods += by, null));
        }
    }

    /// <summary>Ends the loop's wait, if it waits.</summary>
    internal void WakeUp()
    {
        lock (_gate)
        {
            _isWoken = true;
            WakeIfAsleep();
        }
    }

    /// <summary>From any thread; false if the loop has ended.</summary>
    internal bool TryPost(WorkItem item)
    {
        if (IsOnThread)
        {
            Enqueue(item);
            return true;
        }

        lock (_gate)
        {
            if (_hasEnded)
            {
                return false;
            }

            _incoming.Add(item);
            _hasIncoming = true;
            WakeIfAsleep();
            return true;
        }
    }

    /// <summary>Within the gate, so that the poller cannot be gone: the loop takes the gate before it ends.</summary>
    private void WakeIfAsleep()
    {
        if (_isAsleep)
        {
            _isAsleep = false;
            _poller.Wake();
        }
    }

    private void TakeIncoming()
    {
        if (!_hasIncoming)
        {
            return;
        }

        lock (_gate)
        {
            (_incoming, _taken) = (_taken, _incoming);
            _hasIncoming = false;
        }

        foreach (var item in _taken)
        {
            _ready.Enqueue(item);
        }

        _taken.Clear();
    }

    /// <summary>From here on nothing comes in, and what is there is dropped.</summary>
    private void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
        }
    }

    /// <summary>From here on nothing comes in; false if something has.</summary>
    private bool TryEnd()
    {
        lock (_gate)
        {
            _hasEnded = !_hasIncoming;
            return _hasEnded;
        }
    }
}
