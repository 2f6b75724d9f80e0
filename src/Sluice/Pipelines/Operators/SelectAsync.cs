using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends on, for each item, what an asynchronous call makes of it; several calls run at once.</summary>
    /// <remarks>
    /// <para>No item is taken while <paramref name="degree"/> calls run or their results wait to be sent: that is the
    /// back-pressure, and the bound of memory. Each call begins within the pipeline's strand and goes on wherever its awaits
    /// take it. When the items before it end, the results of the calls that still run are sent.</para>
    /// <para>If a call fails, what is before it fails, nobody takes the results any more, or the run is cancelled, then the
    /// token of the calls that still run is cancelled, and the stage ends when they have ended; their results are dropped.
    /// With <paramref name="ordered"/>, results that are before the failed one are sent first. A further failed call is a
    /// failure of the run too, unless it ended with <see cref="OperationCanceledException"/>.</para>
    /// <para>While as many calls run as may, an early end behind the stage is noticed when the next of them ends.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">The call. What it throws, or its task ends with, fails the run, as from this node. Its token is
    /// cancelled with the run and when its result is not wanted any more.</param>
    /// <param name="degree">How many calls may run at once; 1 or more.</param>
    /// <param name="ordered">Whether results go out in the order of their items (the default) or as the calls end.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="degree"/> is less than 1.</exception>
    public static Stage<TIn, TOut> SelectAsync<TIn, TOut>(
        Func<TIn, CancellationToken, Task<TOut>> selector,
        int degree,
        bool ordered = true,
        [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        return Create<TIn, TOut>((items, next) => SelectAsyncFrom(items, next, selector, degree, ordered), "SelectAsync").Described(expression);
    }

    private static async Coroutine SelectAsyncFrom<TIn, TOut>(
        Inbox<TIn> items, Target<TOut> next, Func<TIn, CancellationToken, Task<TOut>> selector, int degree, bool ordered)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(items.Cancellation);
        var calls = new Calls<TIn, TOut>(selector, ordered, stop.Token);
        try
        {
            var isOpen = true;
            while (isOpen || calls.Count > 0)
            {
                if (calls.TryTake(out var ended))
                {
                    await next.SendAsync(await ended.ConfigureAwait(false));
                }
                else if (!isOpen || calls.Count == degree || calls.HasFailed)
                {
                    await calls.NextEnd.ConfigureAwait(false);
                }
                else
                {
                    var received = await items.TryReceiveAsync(calls.NextEnd);
                    isOpen = !received.IsClosed;
                    if (received.IsItem)
                    {
                        calls.Start(received.Item);
                    }
                }
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await calls.WaitForAll();
            throw;
        }
    }

    /// <summary>The calls under way. A coroutine awaits each of them, so that everything here happens within the strand and
    /// needs no lock.</summary>
    private sealed class Calls<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, bool ordered, CancellationToken cancellation)
    {
        /// <summary>In order all calls, else those that have ended.</summary>
        private readonly Queue<Task<TOut>> _calls = new();

        private TaskCompletionSource _nextEnd = new();
        private int _running;

        /// <summary>How many run or wait to be taken.</summary>
        internal int Count { get; private set; }

        internal bool HasFailed { get; private set; }

        /// <summary>Completes when the next call ends. Ask for it when there is nothing to take. A new one each time: a task on which
        /// a wait before is still registered would resume this one on another thread, some time later.</summary>
        internal Task NextEnd => (_nextEnd = new()).Task;

        internal bool TryTake([MaybeNullWhen(false)] out Task<TOut> ended)
        {
            if (!_calls.TryPeek(out ended) || !ended.IsCompleted)
            {
                return false;
            }

            _calls.Dequeue();
            Count--;
            return true;
        }

        internal void Start(TIn item)
        {
            Task<TOut> call;
            try
            {
                call = selector(item, cancellation) ?? throw new InvalidOperationException("The selector returned null instead of a task.");
            }
            catch (Exception error)
            {
                call = Task.FromException<TOut>(error);
            }

            Count++;
            _running++;
            if (ordered)
            {
                _calls.Enqueue(call);
            }

            _ = Follow(call);
        }

        internal async Coroutine WaitForAll()
        {
            while (_running > 0)
            {
                await NextEnd.ConfigureAwait(false);
            }
        }

        /// <summary>A failure is raised where the result is taken, and also fails this coroutine, which nobody awaits: so
        /// the run reports it even if the result is not taken any more.</summary>
        private async Coroutine Follow(Task<TOut> call)
        {
            try
            {
                await call.ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                HasFailed = true; // if the result is not wanted any more, it is what was asked for
            }
            catch
            {
                HasFailed = true;
                throw;
            }
            finally
            {
                _running--;
                if (!ordered)
                {
                    _calls.Enqueue(call);
                }

                _nextEnd.TrySetResult();
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SelectAsync"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">The call. What it throws, or its task ends with, fails the run, as from this node. Its token is
    /// cancelled with the run and when its result is not wanted any more.</param>
    /// <param name="degree">How many calls may run at once; 1 or more.</param>
    /// <param name="ordered">Whether results go out in the order of their items (the default) or as the calls end.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> SelectAsync<TIn, TOut>(
        this Source<TIn> source,
        Func<TIn, CancellationToken, Task<TOut>> selector,
        int degree,
        bool ordered = true,
        [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SelectAsync(selector, degree, ordered, expression));
    }
}
