using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>A clock that reports when someone waits for it.</summary>
internal sealed class PollingClock : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _waits = [];
    private TaskCompletionSource _rest = New();

    internal IReadOnlyList<TimeSpan> Waits
    {
        get
        {
            lock (_lock)
            {
                return [.. _waits];
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _waits.Add(dueTime);
            _rest.TrySetResult();
        }

        return timer;
    }

    internal Task AtRest()
    {
        lock (_lock)
        {
            return _rest.Task;
        }
    }

    internal new void Advance(TimeSpan delta)
    {
        lock (_lock)
        {
            _rest = New();
        }

        base.Advance(delta);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
