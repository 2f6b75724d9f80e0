using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The start and the end of children.</summary>
public sealed partial class TaskGroup
{
    /// <summary>Starts a child. It begins when the caller awaits something.</summary>
    /// <param name="child">What it does. Its current scope is one of its own, within the group's.</param>
    /// <param name="name">What it is called in dumps. Default: the text of the argument.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="child"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the group has ended, or the caller is not on its loop.</exception>
    public void Start(Func<Task> child, [CallerArgumentExpression(nameof(child))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(child);
        _ = Begin<NoValue>(OpenScope(Scope, name), child);
    }

    /// <summary>The same for a child whose result is wanted.</summary>
    /// <inheritdoc cref="Start"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <returns>Completes when the child has ended, as it did. It need not be awaited: the group does.</returns>
    public Task<T> StartWithResult<T>(Func<Task<T>> child, [CallerArgumentExpression(nameof(child))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(child);
        return Begin<T>(OpenScope(Scope, name), child);
    }

    /// <summary>Starts a child and waits until it says that it is ready, such as a server that listens.</summary>
    /// <remarks>Until then the child is in the caller's scope, and its failure is the caller's alone; from then on it is a child of
    /// the group like any other.</remarks>
    /// <typeparam name="T">The type of what the child has to tell.</typeparam>
    /// <param name="child">What it does. It calls its argument, once, when it is ready.</param>
    /// <param name="name">What it is called in dumps. Default: the text of the argument.</param>
    /// <returns>What the child gave when it was ready.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="child"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: the child ended without being ready, the group has ended, or the
    /// caller is not on its loop.</exception>
    /// <exception cref="OperationCanceledException">Awaited: the caller's scope was cancelled before the child was ready.</exception>
    /// <exception cref="Exception">Awaited: what the child failed with before it was ready.</exception>
    public async Task<T> StartAsync<T>(Func<Action<T>, Task> child, [CallerArgumentExpression(nameof(child))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(child);
        var scope = OpenScope(_loop.CurrentScope, name);
        var starter = new WaiterQueue<T>(_loop, "the start of ", scope.Label!);
        var ready = starter.Wait(canBeCancelled: false).AsValueTaskOfT();
        _ = Begin<NoValue>(scope, () => RunUntilReadyAsync(child, scope, starter));
        return await ready;
    }

    /// <summary>The same for a child that has nothing to tell.</summary>
    /// <inheritdoc cref="StartAsync{T}"/>
    public Task StartAsync(Func<Action, Task> child, [CallerArgumentExpression(nameof(child))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(child);
        return StartAsync<NoValue>(ready => child(() => ready(default)), name);
    }

    private async Task RunUntilReadyAsync<T>(Func<Action<T>, Task> child, CancelScope scope, WaiterQueue<T> starter)
    {
        try
        {
            await child(BecomeReady);
        }
        catch (Exception error) when (starter.TryDequeue(out var waiter))
        {
            waiter.Fail(error); // the starter's alone
            return;
        }

        if (starter.TryDequeue(out var unready))
        {
            unready.Fail(new InvalidOperationException($"The child ended without being ready: {scope.Label}."));
        }

        void BecomeReady(T value)
        {
            _loop.CheckThread();
            if (!starter.TryDequeue(out var waiter))
            {
                throw new InvalidOperationException("A child becomes ready once, while it runs.");
            }

            scope.MoveTo(Scope);
            waiter.Value = value;
            waiter.Complete();
        }
    }

    private CancelScope OpenScope(CancelScope parent, string? name)
    {
        _loop.CheckThread();
        if (!_bodyRuns && Count == 0 && !Scope.HasRuns)
        {
            throw new InvalidOperationException($"The {this} has ended.");
        }

        return CancelScope.OfTask(parent, name ?? "?");
    }

    /// <param name="scope">The child's.</param>
    /// <param name="child">What it does: gives a <see cref="Task{T}"/>, or a plain task, which has no result.</param>
    private Task<T> Begin<T>(CancelScope scope, Func<Task> child)
    {
        Count++;
        _loop.Work.Tasks++;
        var body = RunChildAsync<T>(scope, child);
        scope.Task.Body = body;
        return body;
    }

    private async Task<T> RunChildAsync<T>(CancelScope scope, Func<Task> child)
    {
        EventLoop.SetCurrentScope(scope);
        await _loop.TurnAsync();
        try
        {
            var body = child();
            await body;
            if (scope.HasRuns)
            {
                await scope.EndRunsAsync();
            }

            return body is Task<T> withResult ? withResult.Result : default!;
        }
        catch (Exception error)
        {
            _failed.Add(scope.Task);
            Ended(error);
            throw;
        }
        finally
        {
            if (scope.HasRuns)
            {
                await scope.CancelRunsAsync();
            }

            scope.Leave();
            _loop.Work.Tasks--;
            Count--;
            if (Count == 0)
            {
                _end.CompleteAll();
            }
        }
    }
}
