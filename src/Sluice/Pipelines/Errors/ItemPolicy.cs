namespace Sluice;

/// <summary>An error policy with its dead letters, as a stage is composed with it.</summary>
internal sealed record ItemPolicy<TIn>(ErrorPolicy Policy, Func<DeadLetter<TIn>, CancellationToken, ValueTask>? DeadLetter)
{
    /// <summary>As it stands in graphs, behind what the stage says of itself.</summary>
    internal string DetailWith(string? stage) => $"{(stage is null ? "" : $"{stage}; ")}on error {Policy}{(DeadLetter is null ? "" : "; dead letters")}";
}

/// <summary>The same in one run, with what it counts there. Owner: the strand of the stage.</summary>
internal sealed class PolicyInRun<TIn>(ItemPolicy<TIn> policy, Inbox<TIn> items)
{
    private readonly FailureCount _failures = new(policy.Policy, items.TimeProvider);

    /// <summary>An item was handled.</summary>
    internal void Succeeded() => _failures.Succeeded();

    /// <summary>The stage is started again now.</summary>
    internal void Started() => _failures.Started();

    /// <summary>Gets whether a stage that goes on after this decision has to look whether it was cancelled.</summary>
    internal bool MayBeCanceled(ErrorPolicy.Decision decision) => decision == ErrorPolicy.Decision.Again || policy.Policy.WaitsToSkip;

    /// <summary>An item has failed: asks the policy, gives away the item if it is given up, and waits before the stage goes on.</summary>
    /// <param name="item">The item.</param>
    /// <param name="error">What it failed with.</param>
    /// <param name="failures">How often it has failed, this time included.</param>
    /// <param name="cancellation">Ends the wait, with <see cref="OperationCanceledException"/>.</param>
    internal async Coroutine<ErrorPolicy.Decision> Failed(TIn item, Exception error, int failures, CancellationToken cancellation)
    {
        var (decision, delay) = await Decide(item, error, failures, cancellation);
        if (decision == ErrorPolicy.Decision.Stop)
        {
            return decision;
        }

        if (delay > TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(delay, items.TimeProvider, cancellation);
            }
            catch (OperationCanceledException) when (items.FailureOfRun is not null)
            {
                return ErrorPolicy.Decision.Stop; // it will not be tried again: so the item's failure is one of the run's
            }
        }

        if (MayBeCanceled(decision))
        {
            cancellation.ThrowIfCancellationRequested();
        }

        Started();
        return decision;
    }

    /// <summary>Asks the policy, and gives away the item if it is given up. The stage has to wait for the delay, if that is not zero, and is <see cref="Started"/> then.</summary>
    internal async Coroutine<(ErrorPolicy.Decision Decision, TimeSpan Delay)> Decide(TIn item, Exception error, int failures, CancellationToken cancellation)
    {
        try
        {
            if (!policy.Policy.IsFor(error))
            {
                return (ErrorPolicy.Decision.Stop, default);
            }

            var decision = _failures.Failed(failures, out var delay);
            if (decision == ErrorPolicy.Decision.Stop)
            {
                error.Note("Sluice.ErrorPolicy", policy.Policy.ToString());
            }

            if (decision != ErrorPolicy.Decision.Again && policy.DeadLetter is { } deadLetter)
            {
                await deadLetter(new DeadLetter<TIn>(item, error, items.Name), cancellation);
            }

            return (decision, delay);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception second)
        {
            throw new AggregateException($"'{items.Name}' failed, and so did what its error policy called.", error, second);
        }
    }
}
