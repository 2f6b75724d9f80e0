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
    /// wherever that completes; on an event loop it goes on there, is a task of the loop, and is cancelled with the current scope. With parts elsewhere (<see cref="Source{T}.On"/>) the sources start when all parts are ready.</remarks>
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
        PipelineTask.RunAsync<object?>(Graph, options, cancellationToken);

    /// <summary>Starts a run and gives a handle to it: on a thread of the pool, or where the caller is on an event loop or another
    /// <see cref="StrandHost"/>, there.</summary>
    /// <remarks>On an event loop it is a task of the loop, as every run is there: see the loop's documentation.</remarks>
    /// <param name="options">Options of this run; default none.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>Completes when all nodes are ready, before the sources start.</returns>
    /// <exception cref="OperationCanceledException">Awaited: the token was cancelled before.</exception>
    public Task<PipelineRun> StartAsync(RunOptions? options = null, CancellationToken cancellationToken = default) =>
        PipelineTask.StartAsync<object?, PipelineRun>(Graph, options, static (run, task) => new(run, task), cancellationToken);
}

/// <summary>The same with a result, which the sink returns.</summary>
/// <remarks>Thread safety: as <see cref="Pipeline"/>.</remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
[DebuggerDisplay("Pipeline: {Graph.Nodes.Count} nodes")]
public sealed class Pipeline<TResult>
{
    internal Pipeline(SourcePoint source, SinkPoint sink) => Graph = GraphBuilder.Build(source, sink);

    /// <inheritdoc cref="Pipeline.Graph"/>
    public PipelineGraph Graph { get; }

    /// <inheritdoc cref="Pipeline.RunAsync(CancellationToken)"/>
    /// <returns>Completes with the sink's result when all nodes have ended.</returns>
    public Task<TResult> RunAsync(CancellationToken cancellationToken = default) => RunAsync(RunOptions.Default, cancellationToken);

    /// <inheritdoc cref="Pipeline.RunAsync(RunOptions, CancellationToken)"/>
    /// <returns>Completes with the sink's result when all nodes have ended.</returns>
    public Task<TResult> RunAsync(RunOptions options, CancellationToken cancellationToken = default) =>
        PipelineTask.RunAsync<TResult>(Graph, options, cancellationToken);

    /// <inheritdoc cref="Pipeline.StartAsync"/>
    public Task<PipelineRun<TResult>> StartAsync(RunOptions? options = null, CancellationToken cancellationToken = default) =>
        PipelineTask.StartAsync<TResult, PipelineRun<TResult>>(Graph, options, static (run, task) => new(run, task), cancellationToken);
}
