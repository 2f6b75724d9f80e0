using System.Diagnostics;

namespace Sluice;

/// <summary>A running coroutine, seen by its senders: <see cref="Target"/> starts it.</summary>
/// <remarks>
/// Thread safety: all members may be used from any thread at any time. Sends, throws and closes from several threads take
/// their turns. The thread that starts the coroutine, and on which it waits for nothing else, has the cheapest way in; the first call
/// of another thread ends that for good.
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("{DebuggerText,nq}")]
public partial class CoroutineTarget<T> : Target<T>, IStrandHome, ICoroutineOwner, INodePort, IStartedTarget
{
    private protected CoroutineTarget()
    {
    }

    /// <summary>Made by <see cref="Target"/>: a strand of its own, or the one that the caller runs in.</summary>
    internal CoroutineTarget(Strand? strand, string? name)
    {
        _strand = strand;
        if (name is not null)
        {
            Details.Name = name;
        }
    }

    /// <summary>The name it was started with, else the name of the coroutine's method.</summary>
    public virtual string Name => _details?.Name ?? OutermostName() ?? "coroutine";

    /// <summary>The state of the coroutine.</summary>
    public CoroutineStatus Status => _state switch
    {
        PortState.Parked or PortState.Scheduled or PortState.Frozen => CoroutineStatus.Waiting,
        PortState.Ended => _details!.Outcome,
        _ => CoroutineStatus.Busy,
    };

    /// <summary>Completes when the coroutine has ended; fails with what it failed with.</summary>
    public Task Completion => (Task)CompletionTask();

    /// <inheritdoc/>
    public override bool IsClosed => _state >= PortState.Closing || _details is { CloseRequested: true };

    /// <inheritdoc/>
    public override ValueTask SendAsync(T item)
    {
        if (_strand is { IsHeldHere: true })
        {
            return SendWithin(item);
        }

        var thread = StrandThread.Current;
        if (_bias.IsOutside(thread) && TryHoldAsOwner(thread))
        {
            var hold = thread.Enter(this);
            try
            {
                return SendWithin(item, hold.Context);
            }
            finally
            {
                if (!TryLeaveAsOwner(hold))
                {
                    Leave(hold);
                }
            }
        }

        return Enter(null, item);
    }

    /// <inheritdoc/>
    public override ValueTask ThrowAsync(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Enter(new ThrowMessage(error), default!);
    }

    /// <inheritdoc/>
    public override ValueTask CloseAsync() => Enter(CloseMessage.Instance, default!);

    /// <summary>The same as <see cref="CloseAsync()"/>, and says what it means if that meets the coroutine in the middle: while one that it has
    /// delegated to, by awaiting it, waits for more and does not handle the end.</summary>
    /// <remarks>A close without this is as with <see cref="IncompleteInput.End"/>, since it may as well mean that the sender gives up. The first
    /// close counts.</remarks>
    /// <param name="incompleteInput">With <see cref="IncompleteInput.Fail"/> the coroutine has then failed, and so does this.</param>
    /// <returns>As <see cref="CloseAsync()"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is none of the enumeration.</exception>
    /// <exception cref="IncompleteInputException">Awaited: the input ended in the middle.</exception>
    /// <exception cref="Exception">Awaited: what the receiver raised while it finished.</exception>
    public ValueTask CloseAsync(IncompleteInput incompleteInput) => incompleteInput switch
    {
        IncompleteInput.Fail => Enter(CloseMessage.OfWholeInput, default!),
        IncompleteInput.End => CloseAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(incompleteInput), incompleteInput, "This is none of the values of IncompleteInput."),
    };

    /// <summary>For debuggers: name, state, what it waits for.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => DebuggerText;

    internal string DebuggerText => $"'{Name}': {DescribeState()}";

    internal virtual string DescribeState() => _state switch
    {
        PortState.Parked or PortState.Scheduled or PortState.Frozen => "waits for an item",
        PortState.Ended => Status switch
        {
            CoroutineStatus.Faulted => $"failed with {_details!.Failure!.GetType().Name}",
            CoroutineStatus.Canceled => "was canceled",
            _ => "completed",
        },
        PortState.Pausing or PortState.FrozenPause => "waits before it takes more",
        _ when _details?.WaitsFor is { } send => send.Describe(),
        _ when _details is { Current: null, CloseRequested: false } => "runs, or waits outside the pipeline",
        PortState.Closing => "finishes",
        _ => "handles an item",
    };

    /// <summary>Makes the source of <see cref="Completion"/>; with a result type of its own in the derived class.</summary>
    private protected virtual object NewCompletion() => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected virtual Task TaskOf(object completion) => ((TaskCompletionSource)completion).Task;

    private protected virtual void SetResult(object completion) => ((TaskCompletionSource)completion).SetResult();

    private protected virtual void SetException(object completion, Exception failure) => ((TaskCompletionSource)completion).SetException(failure);

    private protected object CompletionTask()
    {
        var details = Details;
        lock (details)
        {
            if (details.Completion is null)
            {
                details.Completion = NewCompletion();
                if (details.Outcome != CoroutineStatus.Busy)
                {
                    SetCompletion();
                }
            }

            return TaskOf(details.Completion);
        }
    }

    private void SetCompletion()
    {
        var details = _details!;
        if (details.Failure is { } failure)
        {
            SetException(details.Completion!, failure); // a task of its own, which is reported if no one looks at it
            details.Unobserved.Observe();
        }
        else
        {
            SetResult(details.Completion!);
        }
    }

    private string? OutermostName()
    {
        var at = _receiver;
        while (at?.Continuation is Coroutine outer)
        {
            at = outer;
        }

        return at?.MethodName;
    }
}

/// <summary>The same for a coroutine with a result.</summary>
/// <remarks>Thread safety: as <see cref="CoroutineTarget{T}"/>.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed class CoroutineTarget<T, TResult> : CoroutineTarget<T>
{
    private TResult _result = default!;

    internal CoroutineTarget(Strand? strand, string? name)
        : base(strand, name)
    {
    }

    /// <summary>Completes with the coroutine's result when it has ended; fails with what it failed with.</summary>
    public new Task<TResult> Completion => (Task<TResult>)CompletionTask();

    /// <summary>The result, once it has ended.</summary>
    internal ref TResult Result => ref _result;

    private protected override bool HasResult => true;

    private protected override bool CanEndWith(Coroutine root) => root is Coroutine<TResult>;

    private protected override void KeepResult(Coroutine root) => _result = ((Coroutine<TResult>)root).Result;

    private protected override object NewCompletion() => new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected override Task TaskOf(object completion) => ((TaskCompletionSource<TResult>)completion).Task;

    private protected override void SetResult(object completion) => ((TaskCompletionSource<TResult>)completion).SetResult(_result);

    private protected override void SetException(object completion, Exception failure) => ((TaskCompletionSource<TResult>)completion).SetException(failure);
}
