using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>Tasks that belong together: the group is left only when all of them have ended.</summary>
/// <remarks>
/// <para><see cref="RunAsync(Func{TaskGroup, Task}, string?)"/> opens a group and waits for all its children, however its
/// body ends; there is no other way to have one. The first failure, of the body or of a child, cancels everything else in the
/// group, and comes out with its own type and stack; several come out in an <see cref="AggregateException"/>. A cancellation that
/// the group brought about is no failure. It ends quietly after <c>group.Scope.Cancel()</c>; when a scope around it was
/// cancelled, that goes on outwards. An <see cref="OperationCanceledException"/> that is not a cancellation of the group is a
/// failure like any other.</para>
/// <para>Children may be started as long as the body or a child runs, also by children. Groups nest.</para>
/// <para>Thread safety: none; a group belongs to the thread of its loop, elsewhere its members throw
/// <see cref="InvalidOperationException"/>.</para>
/// </remarks>
[DebuggerDisplay("{Name,nq}: {Count} running")]
public sealed partial class TaskGroup
{
    private readonly EventLoop _loop;
    private readonly WaiterQueue<NoValue> _end;
    private readonly List<Exception> _failures = [];
    private readonly List<LoopTask> _failed = [];
    private OperationCanceledException? _cancellation;
    private bool _bodyRuns = true;

    private TaskGroup(EventLoop loop, string? name)
    {
        _loop = loop;
        Name = name ?? "tasks";
        Scope = CancelScope.OfGroup(loop.CurrentScope, Name);
        _end = new(loop, "the children of ", this);
    }

    /// <summary>The name of the group in dumps.</summary>
    public string Name { get; }

    /// <summary>The scope of the body and of all children. Cancel it to end them all.</summary>
    public CancelScope Scope { get; }

    /// <summary>The number of children that have not ended.</summary>
    public int Count { get; private set; }

    /// <summary>Runs a group.</summary>
    /// <param name="body">Starts children. It has begun when the call returns.</param>
    /// <param name="name">What the group is called in dumps. Default: "tasks".</param>
    /// <returns>Completes when the body and all children have ended.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="body"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: there is no loop on this thread.</exception>
    /// <exception cref="OperationCanceledException">Awaited: a scope around the group was cancelled.</exception>
    /// <exception cref="AggregateException">Awaited: several of them failed.</exception>
    /// <exception cref="Exception">Awaited: what one of them fails with.</exception>
    public static Task RunAsync(Func<TaskGroup, Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(
            async group =>
            {
                await body(group);
                return default(NoValue);
            },
            name);
    }

    /// <summary>The same with a result.</summary>
    /// <inheritdoc cref="RunAsync(Func{TaskGroup, Task}, string?)"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>What the body returns; the default value if the group was cancelled by hand before it could.</returns>
    public static async Task<T> RunAsync<T>(Func<TaskGroup, Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var group = new TaskGroup(EventLoop.Current, name);
        EventLoop.SetCurrentScope(group.Scope);
        var result = default(T)!;
        try
        {
            result = await body(group);
        }
        catch (Exception error) // it comes out when the children have ended
        {
            group.Ended(error);
        }

        group._bodyRuns = false;
        while (group.Count > 0 || group.Scope.HasRuns) // each may start the other
        {
            await (group.Count > 0 ? group._end.Wait(canBeCancelled: false).AsValueTask() : new(group.EndRunsAsync()));
        }

        group.Scope.Leave();
        group.ThrowFailures();
        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => $"group '{Name}' ({Count} running)";

    /// <summary>The body or a child has ended with an exception.</summary>
    private void Ended(Exception error)
    {
        if (error is OperationCanceledException cancellation && Scope.IsCancellation(cancellation))
        {
            _cancellation ??= cancellation;
            return;
        }

        if (!_failures.Contains(error)) // a sibling that awaited it may have passed it on
        {
            _failures.Add(error);
        }

        try
        {
            Scope.Cancel();
        }
        catch (AggregateException more) // of callbacks of tokens
        {
            _failures.AddRange(more.InnerExceptions);
        }
    }

    private async Task EndRunsAsync()
    {
        try
        {
            await Scope.EndRunsAsync();
        }
        catch (OperationCanceledException cancellation)
        {
            Ended(cancellation);
        }
    }

    private void ThrowFailures()
    {
        foreach (var task in _failed)
        {
            _ = task.Body?.Exception; // it comes out here, so no one else has to look
        }

        switch (_failures)
        {
            case []:
                break;
            case [var single]:
                ExceptionDispatchInfo.Throw(single);
                break;
            default:
                throw new AggregateException(_failures);
        }

        if (_cancellation is not null && Scope.IsCancelledFromOutside)
        {
            ExceptionDispatchInfo.Throw(_cancellation);
        }
    }
}
