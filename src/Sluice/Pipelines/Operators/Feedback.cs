using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>A loop: a stage that may send items back to itself, and ends when its input has ended and nothing is in the loop
    /// any more. For work that finds more work: links of pages, parts of parts, items to be tried again.</summary>
    /// <remarks>
    /// <para>What is sent back waits in a queue and is handled in that order, before the next item of the input is taken: so the
    /// input waits while there is something in the loop. Memory: at most <paramref name="capacity"/> items wait. A send back
    /// completes at once, unless <paramref name="dropped"/> waits, and throws at once the error of a full queue.</para>
    /// <para>The loop knows that nothing is in it when nothing waits in the queue and the stage waits for an item. So items can
    /// be sent back only while the stage starts or handles an item: not behind the end of its loop, where it can still send
    /// on, and not from work that goes on while it waits for an item. That is an <see cref="InvalidOperationException"/>. To close
    /// the target for what goes back does nothing. The stage must not close the next stage.</para>
    /// <para>What waits is dropped, without a call of <paramref name="dropped"/>, if the stage ends or fails, if no one takes the
    /// items that it sends on any more, or if the run is cancelled. Thread safety: only the stage may send back.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items that come in and go back.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="stage">The stage's method; it gets the inbox, where to send on, and where to send back.</param>
    /// <param name="capacity">How many items may wait in the queue; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item that is sent back and for which there is no room: one of
    /// <see cref="OnFull.DropOldest"/>, <see cref="OnFull.DropNewest"/> and <see cref="OnFull.Fail"/>. There is no default.</param>
    /// <param name="dropped">Called with each item that is dropped because the queue is full, as part of the send back: what it
    /// throws is thrown there. Default: nothing is called.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stage"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1, or
    /// <paramref name="onFull"/> is none of the values.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="onFull"/> is <see cref="OnFull.Wait"/>: a stage that waits until
    /// it has taken an item itself would never go on; or <paramref name="dropped"/> is an <c>async void</c> method.</exception>
    public static Stage<T, TOut> Feedback<T, TOut>(
        Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage,
        int capacity,
        OnFull onFull,
        Action<T>? dropped = null) => FeedbackOf(stage, capacity, onFull, Callback.Of(dropped));

    /// <inheritdoc cref="Feedback{T, TOut}(Func{Inbox{T}, Target{TOut}, Target{T}, Coroutine}, int, OnFull, Action{T})"/>
    /// <param name="stage">The stage's method; it gets the inbox, where to send on, and where to send back.</param>
    /// <param name="capacity">How many items may wait in the queue; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item that is sent back and for which there is no room: one of
    /// <see cref="OnFull.DropOldest"/>, <see cref="OnFull.DropNewest"/> and <see cref="OnFull.Fail"/>. There is no default.</param>
    /// <param name="dropped">Called with each item that is dropped because the queue is full, as part of the send back, which completes when
    /// it is done and fails with what it throws or its task ends with. Default: nothing is called.</param>
    [OverloadResolutionPriority(2)]
    public static Stage<T, TOut> Feedback<T, TOut>(
        Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage,
        int capacity,
        OnFull onFull,
        Func<T, ValueTask>? dropped = null) => FeedbackOf(stage, capacity, onFull, dropped);

    /// <inheritdoc cref="Feedback{T, TOut}(Func{Inbox{T}, Target{TOut}, Target{T}, Coroutine}, int, OnFull, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Stage<T, TOut> Feedback<T, TOut>(
        Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage,
        int capacity,
        OnFull onFull,
        Func<T, Task>? dropped = null) => FeedbackOf(stage, capacity, onFull, Callback.Of(dropped));

    private static Stage<T, TOut> FeedbackOf<T, TOut>(Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage, int capacity, OnFull onFull, Func<T, ValueTask>? dropped)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Enum.IsDefined(onFull))
        {
            throw new ArgumentOutOfRangeException(nameof(onFull), onFull, "This is none of the values of OnFull.");
        }

        if (onFull == OnFull.Wait)
        {
            throw new ArgumentException("A loop cannot wait for room: only the stage that would wait makes room. Choose what to drop, or to fail.", nameof(onFull));
        }

        return Create<T, TOut>((items, next) => FeedbackFrom(items, next, stage, new BackTarget<T>(capacity, onFull, dropped)), "Feedback").Described($"{capacity}, {onFull}");
    }

    private static async Coroutine FeedbackFrom<T, TOut>(Inbox<T> items, Target<TOut> next, Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage, BackTarget<T> back)
    {
        const int RoundsBetweenRests = 1024;
        var inner = items.StartInner<T>(inbox => stage(inbox, next, back));
        var input = items.GetAsyncEnumerator();
        var (rounds, isCanceled, isFailureTold) = (0, false, false);
        while (!inner.IsClosed)
        {
            if (next.IsClosed)
            {
                back.TryDropAll(); // so that the end is raised, at the receive
            }

            // A failure of the run is raised in the stage between two rounds: a loop may have no end. Who catches it goes on.
            var failure = items.FailureOfRun;
            if ((failure is null ? !items.Cancellation.IsCancellationRequested : isFailureTold) && back.TryTake(out var again))
            {
                await inner.SendAsync(again);
                if (++rounds % RoundsBetweenRests == 0)
                {
                    // A loop that never waits must not keep everything else in the run from its turn.
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }

                continue;
            }

            var (hasItem, raised) = (false, (Exception?)null);
            back.IsOpen = false;
            try
            {
                if (failure is null && back.TryDropAll() && !isCanceled)
                {
                    isCanceled = true; // told here, since an item that still comes must not take the place of those dropped
                    items.Cancellation.ThrowIfCancellationRequested();
                }

                raised = isFailureTold ? null : failure;
                hasItem = raised is null && await input.MoveNextAsync();
            }
            catch (Exception error) when (isFailureTold && ReferenceEquals(error, failure))
            {
                continue; // the failure of an input
            }
            catch (Exception error)
            {
                raised = items.CauseOf(error); // what is raised here is for the stage, which may catch it
            }

            isFailureTold |= raised is not null && ReferenceEquals(raised, items.FailureOfRun);
            back.IsOpen = hasItem || raised is not null;
            await (raised is not null ? inner.ThrowAsync(raised) : hasItem ? inner.SendAsync(input.Current) : inner.CloseAsync());
        }

        if (inner.Status == CoroutineStatus.Faulted)
        {
            await inner.Completion; // it failed before it received
        }
    }

    /// <summary>The target that a loop's stage sends back to. Code that the stage has started on other threads may send back too, so the queue guards
    /// itself, by a lock on it.</summary>
    /// <remarks>Errors are thrown, not put into the result: a send back that no one awaits cannot hide them.</remarks>
    private sealed class BackTarget<T>(int capacity, OnFull onFull, Func<T, ValueTask>? dropped) : Target<T>
    {
        private readonly Queue<T> _waiting = new();
        private bool _isOpen = true; // guarded by the lock, so that none is sent back between the last look and the close

        public override bool IsClosed => !IsOpen;

        /// <summary>False while the loop waits for its input: then nothing is in it, and nothing may come into it another way.</summary>
        internal bool IsOpen
        {
            get
            {
                lock (_waiting)
                {
                    return _isOpen;
                }
            }
            set
            {
                lock (_waiting)
                {
                    _isOpen = value;
                }
            }
        }

        public override ValueTask SendAsync(T item)
        {
            var lost = item;
            lock (_waiting)
            {
                if (!_isOpen)
                {
                    throw new InvalidOperationException(
                        "An item was sent back to a loop in which nothing is in flight. Send back only while the stage handles an item: not behind the end of its loop, and not from work that goes on while it waits for the next item.");
                }

                if (_waiting.Count < capacity)
                {
                    _waiting.Enqueue(item);
                    return default;
                }

                if (onFull == OnFull.Fail)
                {
                    throw new InvalidOperationException($"The loop is full: {capacity} items wait in it and one more was sent back.");
                }

                if (onFull == OnFull.DropOldest)
                {
                    lost = _waiting.Dequeue();
                    _waiting.Enqueue(item);
                }
            }

            return dropped?.Invoke(lost) ?? default;
        }

        /// <summary>The receiver is the sender itself: so the error comes back to it.</summary>
        public override ValueTask ThrowAsync(Exception error)
        {
            ArgumentNullException.ThrowIfNull(error);
            ExceptionDispatchInfo.Throw(error);
            return default;
        }

        public override ValueTask CloseAsync() => default;

        /// <summary>False if nothing waits.</summary>
        internal bool TryDropAll()
        {
            lock (_waiting)
            {
                var any = _waiting.Count > 0;
                _waiting.Clear();
                return any;
            }
        }

        internal bool TryTake(out T item)
        {
            lock (_waiting)
            {
                return _waiting.TryDequeue(out item!);
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Feedback{T, TOut}(Func{Inbox{T}, Target{TOut}, Target{T}, Coroutine}, int, OnFull, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="stage">The stage's method; it gets the inbox, where to send on, and where to send back.</param>
    /// <param name="capacity">How many items may wait in the queue; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item that is sent back and for which there is no room: one of
    /// <see cref="OnFull.DropOldest"/>, <see cref="OnFull.DropNewest"/> and <see cref="OnFull.Fail"/>. There is no default.</param>
    /// <param name="dropped">Called with each item that is dropped because the queue is full, as part of the send back: what it
    /// throws is thrown there. Default: nothing is called.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Feedback<T, TOut>(
        this Source<T> source,
        Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage,
        int capacity,
        OnFull onFull,
        Action<T>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Feedback(stage, capacity, onFull, dropped));
    }

    /// <inheritdoc cref="Stage.Feedback{T, TOut}(Func{Inbox{T}, Target{TOut}, Target{T}, Coroutine}, int, OnFull, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="stage">The stage's method; it gets the inbox, where to send on, and where to send back.</param>
    /// <param name="capacity">How many items may wait in the queue; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item that is sent back and for which there is no room: one of
    /// <see cref="OnFull.DropOldest"/>, <see cref="OnFull.DropNewest"/> and <see cref="OnFull.Fail"/>. There is no default.</param>
    /// <param name="dropped">Called with each item that is dropped because the queue is full, as part of the send back, which completes when
    /// it is done and fails with what it throws or its task ends with. Default: nothing is called.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<TOut> Feedback<T, TOut>(
        this Source<T> source,
        Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage,
        int capacity,
        OnFull onFull,
        Func<T, ValueTask>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Feedback(stage, capacity, onFull, dropped));
    }

    /// <inheritdoc cref="Feedback{T, TOut}(Source{T}, Func{Inbox{T}, Target{TOut}, Target{T}, Coroutine}, int, OnFull, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Source<TOut> Feedback<T, TOut>(
        this Source<T> source,
        Func<Inbox<T>, Target<TOut>, Target<T>, Coroutine> stage,
        int capacity,
        OnFull onFull,
        Func<T, Task>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Feedback(stage, capacity, onFull, dropped));
    }
}
