using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <content>The coroutine of <c>ForEachKey</c>, whatever runs for a key.</content>
public static partial class Stage
{
    private static async Coroutine ForEachKeyFrom<TIn, TKey, TStages, TOut>(
        Inbox<TIn> items,
        Target<TOut> next,
        Func<TIn, TKey> keySelector,
        KeyStarter<TIn, TKey, TStages> starter,
        KeyedOptions options,
        IEqualityComparer<TKey>? comparer)
        where TKey : notnull
        where TStages : struct, IStagesOfKey<TIn, TStages>
    {
        var keys = new KeyTable<TKey, TStages>(options, comparer, items.TimeProvider);
        var windows = starter.Windows;
        var received = items.GetAsyncEnumerator();
        try
        {
            while (true)
            {
                TIn item;
                if (options.EvictsIdleKeys || windows is { UsesClock: true })
                {
                    var inTime = await items.TryReceiveAsync(windows is null ? keys.UntilIdle : Least(keys.UntilIdle, windows.UntilLook));
                    while (keys.UntilIdle == TimeSpan.Zero) // also before an item: it may be of such a key
                    {
                        var (idleKey, idle) = keys.Evict();
                        await CloseKey(starter, idleKey, idle);
                    }

                    if (inTime.IsClosed)
                    {
                        break;
                    }

                    if (!inTime.IsItem)
                    {
                        await (windows?.Look() ?? Nothing());
                        await LetGo(keys, starter);
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
                var isKnown = keys.TryUse(key, out var stages, out var slot);
                if (isKnown && stages.First is not null && stages.IsOver)
                {
                    await EndStages(starter, key, stages); // it has ended while no item came
                    keys.Ended(slot);
                    (isKnown, stages) = (options.WhenEnded == EndedKey.DropItems, default);
                }

                if (!isKnown)
                {
                    while (keys.IsFull)
                    {
                        var (oldKey, old) = keys.Evict();
                        await CloseKey(starter, oldKey, old);
                    }

                    stages = starter.Start(key);
                    slot = keys.Add(key, stages);
                }

                if (stages.First is { } first)
                {
                    try
                    {
                        if (!first.IsClosed)
                        {
                            await first.SendAsync(item);
                        }
                    }
                    catch (Exception error) when (!starter.Note(error, key, stages))
                    {
                        throw; // never: the filter only notes the key, so that the stack stays whole
                    }

                    if (stages.IsOver)
                    {
                        await EndStages(starter, key, stages);
                        keys.Ended(slot);
                    }
                }

                keys.Handled(slot);
                if (windows is { HasEmpty: true })
                {
                    await LetGo(keys, starter);
                }
            }

            await (windows?.End() ?? Nothing());
            while (keys.TryTake(out var key, out var stages))
            {
                await CloseKey(starter, key, stages);
            }
        }
        catch (Exception error)
        {
            var failure = ExceptionDispatchInfo.Capture(items.CauseOf(error));
            (await EndKeys(keys, starter, next, failure, items.Cancellation) ?? failure).Throw();
        }

        static async Coroutine Nothing()
        {
        }
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan other) => one == s_forever ? other : other == s_forever || one < other ? one : other;

    /// <summary>Closes keys that have no window open, and nothing else.</summary>
    private static async Coroutine LetGo<TIn, TKey, TStages>(KeyTable<TKey, TStages> keys, KeyStarter<TIn, TKey, TStages> starter)
        where TKey : notnull
        where TStages : struct, IStagesOfKey<TIn, TStages>
    {
        while (starter.Windows?.TakeEmpty() is { } empty)
        {
            var (key, stages) = starter.Of(empty);
            if (keys.TryRemove(key, stages))
            {
                await CloseKey(starter, key, stages);
            }
        }
    }

    private static async Coroutine CloseKey<TIn, TKey, TStages>(KeyStarter<TIn, TKey, TStages> starter, TKey key, TStages stages)
        where TStages : struct, IStagesOfKey<TIn, TStages>
    {
        if (stages.First is not { } first)
        {
            return;
        }

        try
        {
            await first.CloseAsync();
            await ThrowFailure(first, stages.Others);
        }
        catch (Exception error) when (!starter.Note(error, key, stages))
        {
            throw; // never, as above
        }
    }

    /// <summary>One of the stages has ended by itself: what is before it has no reason to go on (rule 5).</summary>
    private static async Coroutine EndStages<TIn, TKey, TStages>(KeyStarter<TIn, TKey, TStages> starter, TKey key, TStages stages)
        where TStages : struct, IStagesOfKey<TIn, TStages>
    {
        var first = stages.First!;
        try
        {
            if (!first.IsClosed)
            {
                var output = stages.Others![0];
                await Settled(first.ThrowAsync(new TargetClosedException(output, output.Name, null, failed: false)));
                await first.CloseAsync();
            }

            await ThrowFailure(first, stages.Others);
        }
        catch (Exception error) when (!starter.Note(error, key, stages))
        {
            throw; // never, as above
        }
    }

    /// <summary>A stage may have failed while it was sent nothing, such as by a timer.</summary>
    private static async Coroutine ThrowFailure(IStartedTarget first, IStartedTarget[]? others)
    {
        if (first.Status == CoroutineStatus.Faulted)
        {
            await first.Completion;
        }

        foreach (var other in others ?? [])
        {
            if (other.Status == CoroutineStatus.Faulted)
            {
                await other.Completion;
            }
        }
    }

    /// <summary>Raises the error that ends the stage in every coroutine that is left, and closes it.</summary>
    /// <returns>What to fail with instead, if the error is no failure and a coroutine has one. Other failures that come
    /// of it are left to the end of the run.</returns>
    private static async Coroutine<ExceptionDispatchInfo?> EndKeys<TIn, TKey, TStages, TOut>(
        KeyTable<TKey, TStages> keys, KeyStarter<TIn, TKey, TStages> starter, Target<TOut> next, ExceptionDispatchInfo cause, CancellationToken cancellation)
        where TKey : notnull
        where TStages : struct, IStagesOfKey<TIn, TStages>
    {
        var error = cause.SourceException;
        ExceptionDispatchInfo? worse = null;
        var isFailure = !IsQuiet(error);
        while (keys.TryTake(out var key, out var stages))
        {
            for (var i = -1; stages.First is not null && i < (stages.Others?.Length ?? 0); i++)
            {
                var target = i < 0 ? stages.First : stages.Others![i];
                if (target.IsClosed)
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
                    starter.Note(other, key, stages);
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
        }

        return worse;

        bool IsQuiet(Exception error) => error switch
        {
            TargetClosedException => next.IsClosed,
            OperationCanceledException => cancellation.IsCancellationRequested,
            _ => false,
        };

        static async Coroutine Fail(Exception error) => ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>The outcome is read from the target: throwing it here once more is half of what the end of a key costs.</summary>
    private static ValueTask Settled(ValueTask thrown) => thrown.IsCompleted ? default : thrown;

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
}
