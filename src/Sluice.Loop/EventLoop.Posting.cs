namespace Sluice;

/// <summary>Posting: callbacks get their turn from the loop's own thread, without a lock, and from any other.</summary>
public sealed partial class EventLoop
{
    private readonly WorkQueue _ready = new();

    private readonly IncomingWork _incoming;

    internal bool HasEnded => _incoming.HasEnded;

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
            _work.VoidMethods += by;
        }
        else
        {
            PostFromAnywhere(new(() => _work.VoidMethods += by, null));
        }
    }

    /// <summary>Ends the loop's wait, if it waits. From any thread.</summary>
    internal void WakeUp() => _incoming.Wake();

    /// <summary>From any thread; false if the loop has ended.</summary>
    internal bool TryPost(WorkItem item)
    {
        if (IsOnThread)
        {
            Enqueue(item);
            return true;
        }

        return _incoming.TryAdd(item);
    }
}
