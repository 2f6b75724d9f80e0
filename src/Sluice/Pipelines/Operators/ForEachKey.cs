using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Starts a coroutine for each different key and gives it the items of that key: what belongs to a key is in the
    /// coroutine's locals. All of them send to the same next stage.</summary>
    /// <remarks>
    /// <para>A key's coroutine starts at its first item. Items are handled one at a time, so those of one key keep their order,
    /// and so does everything that is sent on; a coroutine that waits for something outside keeps the items of all keys
    /// waiting. An item of a known key allocates nothing.</para>
    /// <para>When the items end, the coroutines are closed one after the other and may send what they have left: in the order in
    /// which their keys came first; with <see cref="KeyedOptions.MaxKeys"/> or <see cref="KeyedOptions.IdleTimeout"/>, the one
    /// whose last item is the longest ago first.
    /// On a failure, a cancellation or an early end behind this stage the same error that this stage gets is raised in
    /// each of them, in that order, and then it is closed: all <c>finally</c> blocks run.</para>
    /// <para>A failure of one coroutine is a failure of this stage. The key is then in <c>Exception.Data["Sluice.Key"]</c>.
    /// The coroutines must not close the next stage.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The method of the coroutines; it gets the key, the inbox for the key's items, and where to send. One
    /// that ends before it receives has taken nothing: the item that it was started for is dropped.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose coroutine has ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> or <paramref name="stage"/> is null.</exception>
    public static Stage<TIn, TOut> ForEachKey<TIn, TKey, TOut>(
        Func<TIn, TKey> keySelector,
        Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(stage);
        return Create<TIn, TOut>((items, next) => ForEachKeyFrom(items, next, keySelector, stage, options ?? new(), comparer), "ForEachKey").Described(expression);
    }

    private static async Coroutine ForEachKeyFrom<TIn, TKey, TOut>(
        Inbox<TIn> items,
        Target<TOut> next,
        Func<TIn, TKey> keySelector,
        Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage,
        KeyedOptions options,
        IEqualityComparer<TKey>? comparer)
        where TKey : notnull
    {
        var keys = new KeyTable<TIn, TKey>(options, comparer, items.TimeProvider);
        var starter = new KeyStarter<TIn, TKey, TOut>(items, stage, next);
        var received = items.GetAsyncEnumerator();
        try
        {
            while (true)
            {
                TIn item;
                if (options.EvictsIdleKeys)
                {
                    var inTime = await items.TryReceiveAsync(keys.UntilIdle);
                    while (keys.UntilIdle == TimeSpan.Zero) // also before an item: it may be of such a key
                    {
                        var (idleKey, idle) = keys.Evict();
                        await CloseKey(idleKey, idle);
                    }

                    if (inTime.IsClosed)
                    {
                        break;
                    }

                    if (!inTime.IsItem)
                    {
                        continue;
                    }

                    item = inTime.Item;
                }
                else if (await received.MoveNextAsync())
                {
                    item = received.Current;
                }
                else
                {
                    break;
                }

                var key = keySelector(item);
                if (!keys.TryUse(key, out var target, out var slot))
                {
                    if (keys.IsFull)
                    {
                        var (oldKey, old) = keys.Evict();
                        await CloseKey(oldKey, old);
                    }

                    target = starter.Start(key);
                    slot = keys.Add(key, target);
                }

                if (target is not null)
                {
                    try
                    {
                        if (!target.IsClosed)
                        {
                            await target.SendAsync(item);
                        }
                        else if (target.Status == CoroutineStatus.Faulted)
                        {
                            await target.Completion; // it failed before it received
                        }
                    }
                    catch (Exception error) when (!NoteKey(error, key))
                    {
                        throw; // never: the filter only notes the key, so that the stack stays whole
                    }

                    if (target.IsClosed)
                    {
                        keys.Ended(slot);
                    }
                }

                keys.Handled(slot);
            }

            while (keys.TryTake(out var key, out var target))
            {
                await CloseKey(key, target);
            }
        }
        catch (Exception error)
        {
            var failure = ExceptionDispatchInfo.Capture(items.CauseOf(error));
            (await EndKeys(keys, next, failure, items.Cancellation) ?? failure).Throw();
        }
    }

    private static async Coroutine CloseKey<TIn, TKey>(TKey key, CoroutineTarget<TIn>? target)
    {
        try
        {
            if (target is not null)
            {
                await target.CloseAsync();
            }
        }
        catch (Exception error) when (!NoteKey(error, key))
        {
            throw; // never, as above
        }
    }

    /// <summary>Raises the error that ends the stage in every coroutine that is left, and closes it.</summary>
    /// <returns>What to fail with instead, if the error is no failure and a coroutine has one. Other failures that come
    /// of it are left to the end of the run.</returns>
    private static async Coroutine<ExceptionDispatchInfo?> EndKeys<TIn, TKey, TOut>(KeyTable<TIn, TKey> keys, Target<TOut> next, ExceptionDispatchInfo cause, CancellationToken cancellation)
        where TKey : notnull
    {
        var error = cause.SourceException;
        ExceptionDispatchInfo? worse = null;
        var isFailure = !IsQuiet(error);
        while (keys.TryTake(out var key, out var target))
        {
            if (target is null or { IsClosed: true })
            {
                continue;
            }

            ResetStack(cause);
            try
            {
                await Settled(target.ThrowAsync(error));
                await target.CloseAsync();
            }
            catch (Exception) when (target.Status == CoroutineStatus.Faulted)
            {
                // Looked at below.
            }

            if (target.Status == CoroutineStatus.Faulted && target.Completion.Exception!.InnerException is { } other && !ReferenceEquals(other, error) && !IsQuiet(other))
            {
                NoteKey(other, key);
                if (isFailure || worse is not null)
                {
                    _ = Fail(other);
                }
                else
                {
                    worse = ExceptionDispatchInfo.Capture(other);
                }
            }
        }

        return worse;

        bool IsQuiet(Exception error) => error switch
        {
            TargetClosedException => next.IsClosed,
            OperationCanceledException => cancellation.IsCancellationRequested,
            _ => false,
        };

        // The outcome is read from the target: throwing it here once more is half of what the end of a key costs.
        static ValueTask Settled(ValueTask thrown) => thrown.IsCompleted ? default : thrown;

        static async Coroutine Fail(Exception error) => ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Each throw adds to the stack in an exception: without this the end of many keys would take time by the square of
    /// their number.</summary>
    private static void ResetStack(ExceptionDispatchInfo error)
    {
        try
        {
            error.Throw();
        }
        catch (Exception)
        {
            // It has the stack of its capture again, and this throw's.
        }
    }

    /// <summary>Always true. Of nested keys the innermost is kept; the end of what is behind has nothing to do with a key.</summary>
    private static bool NoteKey<TKey>(Exception error, TKey key)
    {
        if (error is not (TargetClosedException { Failed: false } or OperationCanceledException) && error.NoteOf("Sluice.Key") is null)
        {
            error.Note("Sluice.Key", key);
        }

        return true;
    }

    /// <summary>Starts coroutines with one delegate for all of them: the key is used only while the method is called.</summary>
    private sealed class KeyStarter<TIn, TKey, TOut>
    {
        private readonly Inbox<TIn> _items;
        private readonly Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> _stage;
        private readonly Target<TOut> _next;
        private readonly Func<Inbox<TIn>, Coroutine> _call;
        private TKey _key = default!;

        internal KeyStarter(Inbox<TIn> items, Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage, Target<TOut> next)
        {
            (_items, _stage, _next) = (items, stage, next);
            _call = Call;
        }

        internal CoroutineTarget<TIn> Start(TKey key)
        {
            _key = key;
            return _items.StartInner(_call);
        }

        private Coroutine Call(Inbox<TIn> inbox) => _stage(_key, inbox, _next);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.ForEachKey"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The method of the coroutines; it gets the key, the inbox for the key's items, and where to send. One
    /// that ends before it receives has taken nothing: the item that it was started for is dropped.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose coroutine has ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> ForEachKey<TIn, TKey, TOut>(
        this Source<TIn> source,
        Func<TIn, TKey> keySelector,
        Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ForEachKey(keySelector, stage, options, comparer, expression));
    }
}
