namespace Sluice;

/// <summary>A failure that no one has looked at yet, as a task: if it is collected so, <see cref="TaskScheduler.UnobservedTaskException"/>
/// reports it (docs/decisions/0037).</summary>
internal struct Unobserved
{
    private Task? _task;

    /// <summary>From now on it is reported, unless someone looks. A cancellation is no failure, as with tasks.</summary>
    internal void Keep(Exception failure) => _task = failure is OperationCanceledException ? null : Task.FromException(failure);

    /// <summary>Someone looks, or has taken over the failure.</summary>
    internal void Observe()
    {
        if (Interlocked.Exchange(ref _task, null) is { } task)
        {
            _ = task.Exception; // marks it
        }
    }
}
