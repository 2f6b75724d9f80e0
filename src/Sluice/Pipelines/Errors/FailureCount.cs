namespace Sluice;

/// <summary>The failures of one stage, sink or source under a policy in one run. Owner: its strand.</summary>
internal sealed class FailureCount(ErrorPolicy policy, TimeProvider clock)
{
    private readonly ElapsedTime _sinceStart = new(clock);
    private int _restarts;
    private int _inARow;

    /// <summary>Something was handled. With a time of its own to begin again, the policy waits for that.</summary>
    internal void Succeeded()
    {
        if (policy.ResetTime is null)
        {
            _inARow = 0;
        }
    }

    /// <summary>Something has failed. Asks the policy.</summary>
    /// <param name="failuresOfItem">How often the item has failed, this time included. Null for what has no items: the failures in a row.</param>
    /// <param name="delay">How long to wait before it goes on.</param>
    internal ErrorPolicy.Decision Failed(int? failuresOfItem, out TimeSpan delay)
    {
        if (policy.ResetTime is { } time && _inARow > 0 && _sinceStart.Value >= time)
        {
            (_inARow, _restarts) = (0, 0);
        }

        _inARow++;
        var decision = policy.Decide(failuresOfItem ?? _inARow, ref _restarts);
        var waits = decision == ErrorPolicy.Decision.Again || (decision == ErrorPolicy.Decision.Skip && policy.WaitsToSkip);
        var attempt = decision == ErrorPolicy.Decision.Again && policy.ResetTime is null && failuresOfItem is { } ofItem ? ofItem : _inARow;
        delay = waits && policy.Backoff is { } backoff ? backoff.DelayBefore(attempt) : TimeSpan.Zero;
        return decision;
    }

    /// <summary>It starts again now.</summary>
    internal void Started() => _sinceStart.Restart();
}
