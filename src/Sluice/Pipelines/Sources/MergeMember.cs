using System.Diagnostics;

namespace Sluice;

/// <summary>A source of a <see cref="MergeSet{T}"/>: to wait for it, and to remove it.</summary>
/// <remarks>Thread safety: all members may be used from any thread at any time.</remarks>
[DebuggerDisplay("{Name,nq}: {_state}")]
public sealed class MergeMember
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MemberState _state; // guarded by the lock
    private Action? _cancel; // set when it runs

    internal MergeMember(string name) => Name = name;

    private enum MemberState
    {
        /// <summary>The run of the set has not come to it.</summary>
        Waiting,

        Running,

        /// <summary>It ends, or has ended.</summary>
        Removed,
    }

    /// <summary>The name of the source.</summary>
    public string Name { get; }

    /// <summary>Completes when the source has ended, by itself or because it was removed or the run has ended; fails with what it failed with.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Removes the source from the set: it is cancelled, and its <c>finally</c> blocks run. An item that is being handled goes on. Does nothing if it has
    /// ended.</summary>
    /// <remarks>A stage behind the set must not await this while it handles an item of that source: the source would wait for the stage.</remarks>
    /// <returns>Completes when it has ended. It does not fail: see <see cref="Completion"/>.</returns>
    public async Task RemoveAsync()
    {
        bool waits;
        lock (_lock)
        {
            waits = _state == MemberState.Waiting;
            _state = MemberState.Removed;
        }

        if (waits)
        {
            _completion.TrySetResult();
        }
        else
        {
            Volatile.Read(ref _cancel)?.Invoke();
        }

        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>False: it was removed before.</summary>
    internal bool TryStart()
    {
        lock (_lock)
        {
            if (_state != MemberState.Waiting)
            {
                return false;
            }

            _state = MemberState.Running;
            return true;
        }
    }

    /// <summary>It has been started, and this cancels it.</summary>
    internal void Started(Action cancel)
    {
        bool isRemoved;
        lock (_lock)
        {
            Volatile.Write(ref _cancel, cancel);
            isRemoved = _state == MemberState.Removed;
        }

        if (isRemoved)
        {
            cancel();
        }
    }

    /// <summary>It has ended, or the run ends before it came to it.</summary>
    /// <param name="failures">Its failures.</param>
    /// <param name="areTold">Whether someone else is told of them.</param>
    internal void End(IReadOnlyList<Exception> failures, bool areTold)
    {
        lock (_lock)
        {
            _state = MemberState.Removed;
        }

        if (failures.Count == 0)
        {
            _completion.TrySetResult();
        }
        else if (_completion.TrySetException(failures) && areTold)
        {
            _ = _completion.Task.Exception;
        }
    }
}
