using System.Diagnostics;
using System.Threading.Channels;

namespace Sluice;

/// <summary>A source that runs once and has any number of subscribers, which come and go: see <see cref="SourceOperators.Share"/>.</summary>
/// <remarks>
/// <para>It starts with its first subscriber, or before by <see cref="Start"/>. The end of the source is the end of all subscribers, behind the items that wait for them, and
/// its failure is theirs. Both stay: a subscriber that comes afterwards gets what is replayed, and then the end or the failure. A subscriber that fails, is cancelled or
/// leaves changes nothing for the others.</para>
/// <para>Thread safety: all members may be used from any thread at any time.</para>
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("{_state}, {Subscribers} subscribers")]
public sealed class SharedSource<T> : IAsyncDisposable
{
    private readonly Pipeline _pipeline;
    private readonly ShareOptions _options;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the lock.
    private readonly List<Subscriber> _subscribers = [];
    private readonly Queue<T> _replay = new();
    private HubState _state;
    private CancellationTokenSource? _stop; // of the run; one without timer or link holds nothing, so it is not disposed
    private TaskCompletionSource? _arrived; // the next subscriber; set while the run waits for one
    private Exception? _failure;
    private long _dropped;

    internal SharedSource(Source<T> source, ShareOptions options)
    {
        _options = options;
        _pipeline = source.To(Sink.Create<T>(Publish, "Share"));
        Source = Sluice.Source.Create<T>(Serve, "Share");
    }

    /// <summary>The states, and the ways from one to another.</summary>
    private enum HubState
    {
        /// <summary>The source does not run: not yet, or not any more since its last subscriber has gone. Then Running, Ended.</summary>
        Idle,

        /// <summary>Then Pausing, Ending, Ended.</summary>
        Running,

        /// <summary>The last subscriber has gone, and the run is cancelled. Then Idle, Running if there is another one by then, Ending, Ended.</summary>
        Pausing,

        /// <summary>It was disposed of, and the run is cancelled. Then Ended.</summary>
        Ending,

        Ended,
    }

    /// <summary>The source of subscribers: each run with it is one.</summary>
    public Source<T> Source { get; }

    /// <summary>The number of subscribers now.</summary>
    public int Subscribers
    {
        get
        {
            lock (_lock)
            {
                return _subscribers.Count;
            }
        }
    }

    /// <summary>The number of items that were dropped until now: for a subscriber that was too slow, each for itself, or because there was none.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Completes when the source has ended for good, or was disposed of; fails with what it failed with.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Starts the source without a subscriber. Does nothing if it runs or has ended.</summary>
    /// <exception cref="InvalidOperationException">Thrown: with <see cref="WithoutSubscribers.Stop"/> it runs only for subscribers.</exception>
    public void Start()
    {
        if (_options.WithoutSubscribers == WithoutSubscribers.Stop)
        {
            throw new InvalidOperationException($"With {nameof(WithoutSubscribers)}.{nameof(WithoutSubscribers.Stop)} the source runs only for subscribers, and starts with the first.");
        }

        lock (_lock)
        {
            Begin();
        }
    }

    /// <summary>Cancels the source, and waits until its run has ended. For subscribers that is a normal end, behind the items that wait for them. Does nothing if it has
    /// ended.</summary>
    /// <returns>Completes when the run has ended. It does not fail: see <see cref="Completion"/>.</returns>
    public async ValueTask DisposeAsync()
    {
        CancellationTokenSource? stop = null;
        lock (_lock)
        {
            if (_state == HubState.Idle)
            {
                End(null);
            }
            else if (_state != HubState.Ended)
            {
                _state = HubState.Ending;
                stop = _stop;
            }
        }

        if (stop is not null)
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }

        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The source's run begins on the thread pool, without a context: it is not one subscriber's. Within the lock.</summary>
    private void Begin()
    {
        if (_state == HubState.Idle)
        {
            _state = HubState.Running;
            var stop = _stop = new();
            ThreadPool.UnsafeQueueUserWorkItem(_ => _ = RunAsync(stop.Token), null);
        }
    }

    private async Task RunAsync(CancellationToken cancellation)
    {
        Exception? failure = null;
        var isStopped = false;
        try
        {
            await _pipeline.RunAsync(_options.Run, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            isStopped = true;
        }
        catch (Exception error)
        {
            failure = error;
        }

        lock (_lock)
        {
            if (!isStopped || _state == HubState.Ending)
            {
                End(failure);
                return;
            }

            _state = HubState.Idle;
            _replay.Clear();
            if (_subscribers.Count > 0)
            {
                Begin();
            }
        }
    }

    /// <summary>Within the lock.</summary>
    private void End(Exception? failure)
    {
        _state = HubState.Ended;
        _failure = failure;
        foreach (var subscriber in _subscribers)
        {
            subscriber.Items.Writer.TryComplete(failure);
        }

        if (failure is null)
        {
            _completion.TrySetResult();
        }
        else
        {
            _completion.TrySetException(failure);
            ObserveFailure(_subscribers.Count > 0);
        }
    }

    /// <summary>A failure that a subscriber gets is not lost if no one looks at <see cref="Completion"/>.</summary>
    private void ObserveFailure(bool hasSubscriber) => _ = hasSubscriber ? _completion.Task.Exception : null;

    /// <summary>The sink of the source's run.</summary>
    private async Coroutine Publish(Inbox<T> items)
    {
        var waiting = new List<Subscriber>();
        await foreach (var item in items)
        {
            while (!TryOffer(item, waiting, out var arrived))
            {
                await arrived.WaitAsync(items.Cancellation).ConfigureAwait(false);
            }

            foreach (var subscriber in waiting)
            {
                await subscriber.WaitToTake(item, items.Cancellation);
            }

            waiting.Clear();
        }
    }

    /// <summary>Gives an item to all that are subscribed now.</summary>
    /// <param name="item">The item.</param>
    /// <param name="waiting">Those that have no room for it and have to be waited for are added here.</param>
    /// <param name="arrived">The arrival of a subscriber, if there is none and the item has to wait for one.</param>
    private bool TryOffer(T item, List<Subscriber> waiting, out Task arrived)
    {
        arrived = Task.CompletedTask;
        lock (_lock)
        {
            if (_state != HubState.Running)
            {
                return true; // the run is cancelled
            }

            if (_subscribers.Count == 0 && _options.WithoutSubscribers == WithoutSubscribers.Wait)
            {
                arrived = (_arrived ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                return false;
            }

            if (_subscribers.Count == 0)
            {
                Interlocked.Increment(ref _dropped);
            }

            Keep(item);
            for (var i = _subscribers.Count - 1; i >= 0; i--)
            {
                var subscriber = _subscribers[i];
                if (subscriber.Items.Writer.TryWrite(item))
                {
                    continue;
                }

                if (_options.OnFull == OnFull.Wait)
                {
                    waiting.Add(subscriber);
                }
                else
                {
                    subscriber.Items.Writer.TryComplete(new InvalidOperationException(
                        $"{_options.Capacity} items of the shared source wait for this subscriber, and one more came. Give it more room, or choose another {nameof(OnFull)}."));
                    _subscribers.RemoveAt(i);
                    PauseIfUnused();
                }
            }

            return true;
        }
    }

    private void Keep(T item)
    {
        if (_options.Replay == 0)
        {
            return;
        }

        if (_replay.Count == _options.Replay)
        {
            _replay.Dequeue();
        }

        _replay.Enqueue(item);
    }

    /// <summary>One subscriber: the source of its run.</summary>
    private async Coroutine Serve(SourceRun<T> run)
    {
        var (subscriber, replayed) = Attach();
        try
        {
            foreach (var item in replayed)
            {
                if (run.Next.IsClosed)
                {
                    return;
                }

                await run.Next.SendAsync(item);
                await run.GiveWayAsync();
            }

            while (await subscriber.Items.Reader.WaitToReadAsync(run.Cancellation))
            {
                while (!run.Next.IsClosed && subscriber.Items.Reader.TryRead(out var item))
                {
                    await run.Next.SendAsync(item);
                    await run.GiveWayAsync();
                }

                if (run.Next.IsClosed)
                {
                    return;
                }
            }
        }
        finally
        {
            Detach(subscriber);
        }
    }

    /// <summary>From now on the subscriber gets every item, and what it missed is what is replayed: no item is in both, and none in neither.</summary>
    private (Subscriber Subscriber, T[] Replayed) Attach()
    {
        var subscriber = new Subscriber(_options, () => Interlocked.Increment(ref _dropped));
        lock (_lock)
        {
            T[] replayed = _state == HubState.Pausing ? [] : [.. _replay];
            if (_state == HubState.Ended)
            {
                subscriber.Items.Writer.TryComplete(_failure);
                ObserveFailure(_failure is not null);
                return (subscriber, replayed);
            }

            _subscribers.Add(subscriber);
            _arrived?.TrySetResult();
            _arrived = null;
            Begin();
            return (subscriber, replayed);
        }
    }

    private void Detach(Subscriber subscriber)
    {
        subscriber.Items.Writer.TryComplete(); // first: the source may wait for room in it
        lock (_lock)
        {
            if (_subscribers.Remove(subscriber))
            {
                PauseIfUnused();
            }
        }
    }

    /// <summary>Within the lock. Callbacks of the token run elsewhere.</summary>
    private void PauseIfUnused()
    {
        if (_subscribers.Count == 0 && _state == HubState.Running && _options.WithoutSubscribers == WithoutSubscribers.Stop)
        {
            _state = HubState.Pausing;
            _ = _stop!.CancelAsync();
        }
    }

    /// <summary>The items that wait for one subscriber.</summary>
    private sealed class Subscriber(ShareOptions options, Action dropped)
    {
        internal Channel<T> Items { get; } = Channel.CreateBounded<T>(
            new BoundedChannelOptions(options.Capacity)
            {
                SingleReader = true,
                SingleWriter = false, // its end may come while an item waits for room
                FullMode = options.OnFull switch
                {
                    OnFull.DropOldest => BoundedChannelFullMode.DropOldest,
                    OnFull.DropNewest => BoundedChannelFullMode.DropWrite,
                    _ => BoundedChannelFullMode.Wait,
                },
            },
            _ => dropped());

        /// <summary>Waits until it has room for the item, or has gone.</summary>
        internal async ValueTask WaitToTake(T item, CancellationToken cancellation)
        {
            try
            {
                await Items.Writer.WriteAsync(item, cancellation).ConfigureAwait(false);
            }
            catch (ChannelClosedException)
            {
                // It has gone in the meantime.
            }
        }
    }
}
