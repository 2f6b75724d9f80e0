using System.Diagnostics;

namespace Sluice;

/// <summary>A closed graph from a source to its sinks: a blueprint, run as often as wanted.</summary>
/// <remarks>Thread safety: immutable; runs share nothing with each other, except objects that your own code shares.</remarks>
[DebuggerDisplay("Pipeline: {Graph.Nodes.Count} nodes")]
public sealed class Pipeline
{
    internal Pipeline(SourcePoint source, SinkPoint sink) => Graph = GraphBuilder.Build(source, sink);

    /// <summary>The nodes and edges.</summary>
    public PipelineGraph Graph { get; }

    /// <summary>Runs the pipeline until every node has ended.</summary>
    /// <remarks>It runs on the calling thread up to the first wait for something outside the pipeline, and goes on
    /// wherever that completes.</remarks>
    /// <param name="cancellationToken">Cancels the run: sources stop, what waits gets the cancellation, and
    /// <c>finally</c> blocks run before the task completes.</param>
    /// <returns>Completes when all nodes have ended.</returns>
    /// <exception cref="OperationCanceledException">Awaited: the run was cancelled.</exception>
    /// <exception cref="Exception">Awaited: the first failure, with its own type and stack. Its
    /// <c>Data["Sluice.Stage"]</c> names the stage; the task's <see cref="Task.Exception"/> has all failures.</exception>
    public Task RunAsync(CancellationToken cancellationToken = default) => RunAsync(RunOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync(CancellationToken)"/>
    /// <param name="options">Options of this run.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="options"/> is null.</exception>
    public Task RunAsync(RunOptions options, CancellationToken cancellationToken = default) =>
        PipelineTask.RunAsync<object?>(Graph, options, static _ => null, cancellationToken);

    /// <summary>Starts a run on a thread of the pool and gives a handle to it.</summary>
    /// <param name="options">Options of this run; default none.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>Completes when all nodes are ready, before the sources start.</returns>
    /// <exception cref="OperationCanceledException">Awaited: the token was cancelled before.</exception>
    public Task<PipelineRun> StartAsync(RunOptions? options = null, CancellationToken cancellationToken = default) =>
        PipelineTask.StartAsync<object?, PipelineRun>(Graph, options, static _ => null, static (run, task) => new(run, task), cancellationToken);
}

/// <summary>The same with a result, which the sink returns.</summary>
/// <remarks>Thread safety: as <see cref="Pipeline"/>.</remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
[DebuggerDisplay("Pipeline: {Graph.Nodes.Count} nodes")]
public sealed class Pipeline<TResult>
{
    private readonly Func<Run, GraphNode, Coroutine> _resultOf;

    internal Pipeline(SourcePoint source, SinkPoint sink, Func<Run, GraphNode, Coroutine> resultOf)
    {
        Graph = GraphBuilder.Build(source, sink);
        _resultOf = resultOf;
    }

    /// <inheritdoc cref="Pipeline.Graph"/>
    public PipelineGraph Graph { get; }

    /// <inheritdoc cref="Pipeline.RunAsync(CancellationToken)"/>
    /// <returns>Completes with the sink's result when all nodes have ended.</returns>
    public Task<TResult> RunAsync(CancellationToken cancellationToken = default) => RunAsync(RunOptions.Default, cancellationToken);

    /// <inheritdoc cref="Pipeline.RunAsync(RunOptions, CancellationToken)"/>
    /// <returns>Completes with the sink's result when all nodes have ended.</returns>
    public Task<TResult> RunAsync(RunOptions options, CancellationToken cancellationToken = default) =>
        PipelineTask.RunAsync(Graph, options, run => ((Coroutine<TResult>)_resultOf(run, Graph.Nodes[^1])).Result, cancellationToken);

    /// <inheritdoc cref="Pipeline.StartAsync"/>
    public Task<PipelineRun<TResult>> StartAsync(RunOptions? options = null, CancellationToken cancellationToken = default) =>
        PipelineTask.StartAsync(Graph, options, run => ((Coroutine<TResult>)_resultOf(run, Graph.Nodes[^1])).Result, static (run, task) => new PipelineRun<TResult>(run, task), cancellationToken);
}

/// <summary>A run as a task.</summary>
internal static class PipelineTask
{
    internal static Task<TResult> RunAsync<TResult>(PipelineGraph graph, RunOptions options, Func<Run, TResult> result, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<TResult>(cancellationToken);
        }

        Create(graph, options, result, out var completion, cancellationToken).Start();
        return completion;
    }

    internal static Task<THandle> StartAsync<TResult, THandle>(PipelineGraph graph, RunOptions? options, Func<Run, TResult> result, Func<Run, Task<TResult>, THandle> handle, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<THandle>(cancellationToken);
        }

        var run = Create(graph, options ?? RunOptions.Default, result, out var completion, cancellationToken);
        var ready = new TaskCompletionSource<THandle>(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.QueueUserWorkItem(_ => run.Start(() => ready.SetResult(handle(run, completion))));
        return ready.Task;
    }

    private static Run Create<TResult>(PipelineGraph graph, RunOptions options, Func<Run, TResult> result, out Task<TResult> task, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<TResult>();
        task = completion.Task;
        return new Run(graph, options, Complete, cancellationToken);

        void Complete(Run run)
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
                completion.SetResult(result(run));
            }
        }
    }
}
