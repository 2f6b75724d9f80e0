using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The calls of a <see cref="Stage.SelectAsync"/> that are under way. A coroutine awaits each of them, so that everything
/// here happens within the strand and needs no lock.</summary>
/// <remarks>It is state of the stage: a snapshot has the items of the calls that are under way and the results that were not sent, and the calls are made again where it goes on.</remarks>
/// <param name="selector">Makes a call.</param>
/// <param name="ordered">Whether results are taken in the order of the items.</param>
/// <param name="policies">What is asked when a call has failed, the innermost first.</param>
/// <param name="items">The inbox of the stage, which gets a signal when a call ends.</param>
internal sealed class AsyncCalls<TIn, TOut>(Func<TIn, CancellationToken, Task<TOut>> selector, bool ordered, PolicyInRun<TIn>[] policies, Inbox<TIn> items)
{
    /// <summary>In order all calls, else those that have ended.</summary>
    private readonly Queue<Call> _calls = new();

    /// <summary>Those that have not ended, if they are not in order.</summary>
    private readonly List<Call> _unordered = [];
    private readonly InProcess _here = new();

    /// <summary>The number of calls that run or wait to be taken.</summary>
    internal int Count { get; private set; }

    internal bool HasFailed { get; private set; }

    /// <summary>Completes when the next call ends. Ask for it when there is nothing to take. A new one each time: a task on which
    /// a wait before is still registered would resume this one on another thread, some time later.</summary>
    internal Task NextEnd => (_here.NextEnd = new()).Task;

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
        GoOn();
        var call = new Call(item);
        Count++;
        _here.Running++;
        if (ordered)
        {
            _calls.Enqueue(call);
        }
        else
        {
            _unordered.Add(call);
        }

        _ = Follow(call);
    }

    /// <summary>Makes the calls again that were under way when the state was stored.</summary>
    internal void GoOn()
    {
        if (_here.Stop is not null)
        {
            return;
        }

        _here.Stop = CancellationTokenSource.CreateLinkedTokenSource(items.Cancellation);
        foreach (var call in ordered ? _calls.ToArray() : [.. _unordered])
        {
            if (!call.HasEnded)
            {
                _here.Running++;
                _ = Follow(call);
            }
        }
    }

    /// <summary>Cancels those that run, and waits for them.</summary>
    internal async Coroutine CancelAll()
    {
        GoOn();
        await _here.Stop!.CancelAsync().ConfigureAwait(false);
        while (_here.Running > 0)
        {
            await NextEnd.ConfigureAwait(false);
        }
    }

    internal void Dispose() => _here.Stop?.Dispose();

    /// <summary>A failure is raised where the result is taken, and also fails this coroutine, which no one awaits: so the run
    /// reports it even if the result is not taken any more.</summary>
    private async Coroutine Follow(Call call)
    {
        try
        {
            await Attempt(call, policies.Length);
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
            _here.Running--;
            if (!ordered)
            {
                _unordered.Remove(call);
                _calls.Enqueue(call);
            }

            _here.NextEnd?.TrySetResult();
            items.Signal();
        }
    }

    /// <summary>A call under the first <paramref name="count"/> policies. Each handles what those inside of it give up on.</summary>
    private async Coroutine Attempt(Call call, int count)
    {
        var cancellation = _here.Stop!.Token;
        if (count == 0)
        {
            var task = selector(call.Item, cancellation) ?? throw new InvalidOperationException("The selector returned null instead of a task.");
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
                await Attempt(call, count - 1);
                policy.Succeeded();
                return;
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                failed = ExceptionDispatchInfo.Capture(error);
            }

            switch (await policy.Failed(call.Item, failed.SourceException, failures, cancellation))
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

    /// <summary>What belongs to this process.</summary>
    private sealed class InProcess : INotStored
    {
        /// <summary>Cancels the calls; null if none was made here.</summary>
        internal CancellationTokenSource? Stop;
        internal TaskCompletionSource? NextEnd;
        internal int Running;
    }

    /// <summary>A call. Owner: the strand.</summary>
    internal sealed class Call(TIn item)
    {
        internal TIn Item => item;

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
