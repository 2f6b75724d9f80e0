namespace Sluice;

/// <summary>A run as a task.</summary>
internal static class PipelineTask
{
    internal static Task<TResult> RunAsync<TResult>(PipelineGraph graph, RunOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Begin<TResult, TResult>(
            graph,
            options,
            static (run, completion) =>
            {
                run.Start();
                return completion;
            },
            cancellationToken);
    }

    internal static Task<THandle> StartAsync<TResult, THandle>(PipelineGraph graph, RunOptions? options, Func<IPipelineRun, Task<TResult>, THandle> handle, CancellationToken cancellationToken) =>
        Begin<TResult, THandle>(
            graph,
            options ?? RunOptions.Default,
            (run, completion) =>
            {
                var ready = new TaskCompletionSource<THandle>(TaskCreationOptions.RunContinuationsAsynchronously);
                run.StartBeside(() => ready.TrySetResult(handle(run, completion)));
                return ready.Task;
            },
            cancellationToken);

    private static Task<T> Begin<TResult, T>(PipelineGraph graph, RunOptions options, Func<IPipelineRun, Task<TResult>, Task<T>> start, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        if (StrandHost.Current is not IRunHost host)
        {
            return Begin(graph, options, new RunOrigin(null, cancellationToken), start);
        }

        var context = ExecutionContext.Capture();
        try
        {
            return Begin(graph, options, new RunOrigin(host.BeginRun(graph), cancellationToken), start);
        }
        finally
        {
            ContextFlow.Restore(context); // what the host has changed in it is for the run
        }
    }

    private static Task<T> Begin<TResult, T>(PipelineGraph graph, RunOptions options, RunOrigin origin, Func<IPipelineRun, Task<TResult>, Task<T>> start)
    {
        if (origin.IsCanceled)
        {
            origin.End();
            return Task.FromCanceled<T>(origin.Canceled);
        }

        IPipelineRun run;
        Task<TResult> completion;
        try
        {
            run = Create(graph, options, origin, out completion);
        }
        catch
        {
            origin.End();
            throw;
        }

        origin.SetRun(run, completion);
        return start(run, completion);
    }

    private static IPipelineRun Create<TResult>(PipelineGraph graph, RunOptions options, RunOrigin origin, out Task<TResult> task)
    {
        var plan = SegmentPlan.Of(graph, options.Placement);
        var isInOnePlace = plan is [{ Env: CallerEnv }];

        // Never on the thread where the last node has ended: that belongs to the strand, or to the caller of another run.
        var completion = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        task = completion.Task;
        return isInOnePlace
            ? new Run(graph, options, Complete, origin)
            : new SegmentedRun(plan, graph, options, Complete, origin);

        void Complete(IPipelineRun run)
        {
            var canceled = origin.Canceled; // before the end: the host may cancel then what is left of the run
            origin.End(); // first: who awaits the task finds the run gone from its host
            if (run.Failures.Count > 0)
            {
                completion.SetException(run.Failures);
            }
            else if (run.WasCanceled)
            {
                completion.SetCanceled(canceled);
            }
            else
            {
                completion.SetResult((TResult)run.Result!);
            }
        }
    }
}
