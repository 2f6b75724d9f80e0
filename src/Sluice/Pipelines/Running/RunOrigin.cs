namespace Sluice;

/// <summary>The origin of a run: its caller, and the host on which it was started, if that takes part in it. Both can cancel it.</summary>
internal sealed class RunOrigin(HostedRun? hosted, CancellationToken ofCaller)
{
    private readonly CancellationToken _ofHost = hosted?.Cancellation ?? default;
    private CancellationTokenRegistration _withCaller;
    private CancellationTokenRegistration _withHost;

    /// <summary>The token that the cancellation of the run's task names: the one that was cancelled, or the caller's if neither was.</summary>
    internal CancellationToken Canceled => _ofHost.IsCancellationRequested && !ofCaller.IsCancellationRequested ? _ofHost : ofCaller;

    internal bool IsCanceled => ofCaller.IsCancellationRequested || _ofHost.IsCancellationRequested;

    /// <summary>The run is made.</summary>
    internal void SetRun(IPipelineRun run, Task completion) => hosted?.Run = new PipelineRun(run, completion);

    /// <summary>From now on the tokens cancel the run. The host's does not keep it alive, so that the host can see whether anything else does.</summary>
    internal void Listen(IPipelineRun run)
    {
        _withCaller = ofCaller.UnsafeRegister(static run => ((IPipelineRun)run!).Cancel(), run);
        if (_ofHost.CanBeCanceled)
        {
            _withHost = _ofHost.UnsafeRegister(
                static run =>
                {
                    if (((WeakReference<IPipelineRun>)run!).TryGetTarget(out var alive))
                    {
                        alive.Cancel();
                    }
                },
                new WeakReference<IPipelineRun>(run));
        }
    }

    /// <summary>The run was cancelled or has failed. From any thread.</summary>
    internal void EndWork() => hosted?.EndWork();

    /// <summary>The run has ended, or cannot start. Once.</summary>
    internal void End()
    {
        _withCaller.Unregister();
        _withHost.Unregister();
        hosted?.End();
    }
}
