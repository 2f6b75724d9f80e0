using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>An error policy as a source is composed with it.</summary>
internal sealed record SourcePolicy(ErrorPolicy Policy, Func<SourceRestart, CancellationToken, ValueTask>? Restarting);

/// <summary>Runs a source under an error policy in one run: starts it again when it has failed. Owner: the run's strand.</summary>
internal sealed class SourceGuard<T>(SourcePolicy policy, Node node, SourceRun<T> run, Func<SourceRun<T>, Coroutine> body)
{
    private readonly FailureCount _failures = new(policy.Policy, node.Run.TimeProvider);

    internal async Coroutine Run()
    {
        while (true)
        {
            Exception failure;
            try
            {
                run.HasSent = false;
                await (body(run) ?? throw new InvalidOperationException("The method returned null instead of a coroutine."));
                return;
            }
            catch (Exception error) when (IsOwnFailure(error))
            {
                failure = error;
            }

            if (run.HasSent)
            {
                _failures.Succeeded();
            }

            if (!await GoesOn(failure))
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    /// <summary>Asks the policy, and waits before the source starts again. False: it is given up.</summary>
    private async Coroutine<bool> GoesOn(Exception failure)
    {
        if (await Decide(failure) is not { } delay)
        {
            return false;
        }

        if (delay > TimeSpan.Zero)
        {
            try
            {
                await Task.Delay(delay, node.Run.TimeProvider, run.Cancellation);
            }
            catch (OperationCanceledException) when (node.FailureOfRun is not null)
            {
                return false; // it will not be tried again: so its failure is one of the run's
            }
        }

        run.Cancellation.ThrowIfCancellationRequested();
        _failures.Started();
        return true;
    }

    /// <summary>The wait before the source starts again; null if it does not.</summary>
    private async Coroutine<TimeSpan?> Decide(Exception failure)
    {
        try
        {
            if (!policy.Policy.IsFor(failure))
            {
                return null;
            }

            if (_failures.Failed(null, out var delay) != ErrorPolicy.Decision.Again)
            {
                failure.Note("Sluice.ErrorPolicy", policy.Policy.ToString());
                return null;
            }

            run.Restarts++;
            if (policy.Restarting is { } restarting)
            {
                await restarting(new(node.Name, failure, run.Restarts, delay, run.RestartPosition?.ToString()), run.Cancellation);
            }

            return delay;
        }
        catch (OperationCanceledException) when (run.Cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception second)
        {
            throw new AggregateException($"'{node.Name}' failed, and so did what its error policy called.", failure, second);
        }
    }

    /// <summary>Returns whether the source has failed by itself: not by the end or the failure of what is behind it, nor because it has no reason to go on.</summary>
    private bool IsOwnFailure(Exception failure)
    {
        if (run.Cancellation.IsCancellationRequested)
        {
            return false;
        }

        for (var error = failure; error is not null; error = error.InnerException)
        {
            if (node.Run.HasFailedWith(error) || (error is TargetClosedException closed && node.IsOwnOutput(closed.Port)))
            {
                return false;
            }
        }

        return true;
    }
}
