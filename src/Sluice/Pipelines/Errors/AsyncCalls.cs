using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The calls of a <see cref="Stage.SelectAsync"/> that are under way. A coroutine awaits each of them, so that everything
/// here happens within the strand and needs no lock.</summary>
/// <param name="selector">Makes a call.</param>
/// <param name="ordered">Whether results are taken in the order of the items.</param>
/// <param name="policies">What is asked when a call has failed, the innermost first.</param>
/// <param name="cancellation">For the calls, and for waits between their attempts.</param>
internal sealed class AsyncCalls<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, bool ordered, PolicyInRun<TIn>[] policies, CancellationToken cancellation)
{
    /// <summary>In order all calls, else those that have ended.</summary>
    private readonly Queue<Call> _calls = new();

    private TaskCompletionSource _nextEnd = new();
    private int _running;

    /// <summary>The number of calls that run or wait to be taken.</summary>
    internal int Count { get; private set; }

    internal bool HasFailed { get; private set; }

    /// <summary>Completes when the next call ends. Ask for it when there is nothing to take. A new one each time: a task on which
    /// a wait before is still registered would resume this one on another thread, some time later.</summary>
    internal Task NextEnd => (_nextEnd = new()).Task;

    internal bool TryTake([MaybeNullWhen(false)] out Call ended)
    {
        if (!_calls.TryPeek(out ended) || !ended.HasEnded)
        {
            return false;
        }

        _calls.Dequeue();
        Count--;
        return true;
    }

    internal void Start(TIn item)
    {
        var call = new Call();
        Count++;
        _running++;
        if (ordered)
        {
            _calls.Enqueue(call);
        }

        _ = Follow(call, item);
    }

    internal async Coroutine WaitForAll()
    {
        while (_running > 0)
        {
            await NextEnd.ConfigureAwait(false);
        }
    }

    /// <summary>A failure is raised where the result is taken, and also fails this coroutine, which no one awaits: so the run
    /// reports it even if the result is not taken any more.</summary>
    private async Coroutine Follow(Call call, TIn item)
    {
        try
        {
            await Attempt(call, item, policies.Length);
        }
        catch (OperationCanceledException error)
        {
            call.Error = ExceptionDispatchInfo.Capture(error);
            HasFailed = true; // if the result is not wanted any more, it is what was asked for
        }
        catch (Exception error)
        {
            call.Error = ExceptionDispatchInfo.Capture(error);
            HasFailed = true;
            throw;
        }
        finally
        {
            call.HasEnded = true;
            _running--;
            if (!ordered)
            {
                _calls.Enqueue(call);
            }

            _nextEnd.TrySetResult();
        }
    }

    /// <summary>A call under the first <paramref name="count"/> policies. Each handles what those inside of it give up on.</summary>
    private async Coroutine Attempt(Call call, TIn item, int count)
    {
        if (count == 0)
        {
            var task = selector(item, cancellation) ?? throw new InvalidOperationException("The selector returned null instead of a task.");
            call.Result = await task.ConfigureAwait(false);
            call.HasResult = true;
            return;
        }

        var policy = policies[count - 1];
        for (var failures = 1; ; failures++)
        {
            ExceptionDispatchInfo failed;
            try
            {
                await Attempt(call, item, count - 1);
                policy.Succeeded();
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                failed = ExceptionDispatchInfo.Capture(error);
            }

            switch (await policy.Failed(item, failed.SourceException, failures, cancellation))
            {
                case ErrorPolicy.Decision.Again:
                    break;
                case ErrorPolicy.Decision.Skip:
                    return;
                default:
                    failed.Throw();
                    break;
            }
        }
    }

    /// <summary>A call. Owner: the strand.</summary>
    internal sealed class Call
    {
        internal bool HasEnded { get; set; }

        /// <summary>False if it has failed, or was left out.</summary>
        internal bool HasResult { get; set; }

        internal TOut? Result { get; set; }

        internal ExceptionDispatchInfo? Error { get; set; }

        /// <summary>False: its item was left out. Throws what it failed with.</summary>
        internal bool TryGetResult([MaybeNullWhen(false)] out TOut result)
        {
            Error?.Throw();
            result = Result;
            return HasResult;
        }
    }
}
