namespace Sluice;

/// <summary>Where a run comes from: its caller, and the host on which it was started, if that takes part in it. Both can cancel it.</summary>
internal sealed class RunOrigin
{
    private readonly CancellationToken _ofCaller;
    private readonly CancellationToken _ofHost;
    private readonly CancellationTokenSource? _both;
    private readonly HostedRun? _hosted;

    internal RunOrigin(HostedRun? hosted, CancellationToken ofCaller)
    {
        (_ofCaller, _hosted) = (ofCaller, hosted);
        _ofHost = hosted?.Cancellation ?? default;
        _both = ofCaller.CanBeCanceled && _ofHost.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(ofCaller, _ofHost) : null;
    }

    /// <summary>Cancels the run.</summary>
    internal CancellationToken Token => _both?.Token ?? (_ofHost.CanBeCanceled ? _ofHost : _ofCaller);

    /// <summary>What the cancellation of the run's task names: the token that was cancelled, or the caller's if neither was.</summary>
    internal CancellationToken Canceled => _ofHost.IsCancellationRequested && !_ofCaller.IsCancellationRequested ? _ofHost : _ofCaller;

    internal bool IsCanceled => _ofCaller.IsCancellationRequested || _ofHost.IsCancellationRequested;

    /// <summary>The run is made.</summary>
    internal void SetRun(IPipelineRun run, Task completion) => _hosted?.Run = new PipelineRun(run, completion);

    /// <summary>The run was cancelled or has failed. From any thread.</summary>
    internal void EndWork() => _hosted?.EndWork();

    /// <summary>The run has ended, or cannot start. Once.</summary>
    internal void End()
    {
        _both?.Dispose();
        _hosted?.End();
    }
}
