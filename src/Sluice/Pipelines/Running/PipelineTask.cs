namespace Sluice;

/// <summary>A run as a task.</summary>
internal static class PipelineTask
{
    internal static Task<TResult> RunAsync<TResult>(PipelineGraph graph, RunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TResult>(cancellationToken);
        }

        Create<TResult>(graph, options, out var completion, cancellationToken).Start();
        return completion;
    }

    internal static Task<THandle> StartAsync<TResult, THandle>(PipelineGraph graph, RunOptions? options, Func<IPipelineRun, Task<TResult>, THandle> handle, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<THandle>(cancellationToken);
        }

        var run = Create<TResult>(graph, options ?? RunOptions.Default, out var completion, cancellationToken);
        var ready = new TaskCompletionSource<THandle>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.QueueUserWorkItem(_ => run.Start(() => ready.TrySetResult(handle(run, completion))));
        return ready.Task;
    }

    private static IPipelineRun Create<TResult>(PipelineGraph graph, RunOptions options, out Task<TResult> task, CancellationToken cancellationToken)
    {
        var plan = SegmentPlan.Of(graph, options.Placement);
        var isInOnePlace = plan is [{ Env: CallerEnv }];

        // Never on the thread where the last node has ended: that belongs to the strand, or to the caller of another run.
        var completion = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        task = completion.Task;
        return isInOnePlace
            ? new Run(graph, options, Complete, cancellationToken)
            : new SegmentedRun(plan, graph, options, Complete, cancellationToken);

        void Complete(IPipelineRun run)
        {
            if (run.Failures.Count > 0)
            {
                completion.SetException(run.Failures);
            }
            else if (run.WasCanceled)
            {
                completion.SetCanceled(run.CallerToken);
            }
            else
            {
                completion.SetResult((TResult)run.Result!);
            }
        }
    }
}
