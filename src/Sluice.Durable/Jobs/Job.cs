using System.Diagnostics.CodeAnalysis;
using Sluice.Durable;

namespace Sluice;

/// <summary>A pipeline whose runs go on where the one before stood: at the last checkpoint, whatever ended it. Made by <see cref="PipelineJobs"/>.</summary>
/// <remarks>
/// <para>A checkpoint has the state of each node and the position of each source at one cut through the run: every item before it has been handled everywhere, none after
/// it has. What a run has done after its last checkpoint is done again by the next one. The first checkpoint is committed before a source is asked for its first item.</para>
/// <para>Thread safety: immutable; one run of a job at a time.</para>
/// </remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed class Job<TResult>
{
    private readonly PipelineGraph _graph;
    private readonly CheckpointStore _store;
    private readonly JobOptions _options;

    internal Job(PipelineGraph graph, string name, CheckpointStore store, JobOptions options)
    {
        _graph = graph;
        Name = name;
        _store = store;
        _options = options;
    }

    /// <summary>The name under which its checkpoints are kept.</summary>
    public string Name { get; }

    /// <summary>Runs the job until its pipeline has ended. A job that is finished gives its result again.</summary>
    /// <param name="cancellationToken">Cancels the run. The next one goes on at the last checkpoint.</param>
    /// <returns>Completes with the sink's result.</returns>
    /// <exception cref="InvalidOperationException">Awaited: a source does not know where it stands, or the stored checkpoint is of another pipeline.</exception>
    /// <exception cref="NotPortableException">Awaited: a node keeps something that cannot be stored, or a lambda changes what it has captured.</exception>
    /// <exception cref="SnapshotException">Awaited: the state of a node does not fit this program.</exception>
    /// <exception cref="JobRunningException">Awaited: another run owns the job and is not gone.</exception>
    /// <exception cref="JobTakenOverException">Awaited: a newer run has taken the job over.</exception>
    /// <exception cref="StoreException">Awaited: the store has failed.</exception>
    /// <exception cref="Exception">Awaited: what the run failed with.</exception>
    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    public async Task<TResult> RunAsync(CancellationToken cancellationToken = default)
    {
        var run = await StartAsync(cancellationToken).ConfigureAwait(false);
        await using (run.ConfigureAwait(false))
        {
            return await run.Completion.ConfigureAwait(false);
        }
    }

    /// <summary>Starts a run and gives a handle to it.</summary>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>Completes when the first checkpoint is committed and the sources start.</returns>
    /// <exception cref="Exception">Awaited: as <see cref="RunAsync"/>.</exception>
    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    public Task<JobRun<TResult>> StartAsync(CancellationToken cancellationToken = default)
    {
        if (GraphShape.SourcesWithoutPosition(_graph).FirstOrDefault() is { Name: { } source } without)
        {
            throw new InvalidOperationException($"Job '{Name}' cannot be durable: its source '{source}' does not know where it stands, so a run could not go on there. {without.WayOut}");
        }

        return JobRun<TResult>.StartAsync(_graph, Name, _store, _options, JobConfiguration.Check(Name, _graph, _options), cancellationToken);
    }
}

/// <summary>Makes jobs of pipelines. Thread safety: any thread.</summary>
public static class PipelineJobs
{
    internal const string Unreferenced = "The types in stored states are found by name.";
    internal const string Dynamic = "Codecs are compiled for the types in stored states.";

    /// <summary>Makes a job of a pipeline.</summary>
    /// <typeparam name="TResult">The type of the result. It has to be one that snapshots may have.</typeparam>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="name">The name under which the checkpoints are kept; not empty.</param>
    /// <param name="store">The store. It stays open.</param>
    /// <param name="options">Options of its runs; default none.</param>
    /// <returns>The job.</returns>
    /// <exception cref="ArgumentException">Thrown: an argument is null, or the name is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: an option is out of its range.</exception>
    public static Job<TResult> AsJob<TResult>(this Pipeline<TResult> pipeline, string name, CheckpointStore store, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return Make<TResult>(pipeline.Graph, name, store, options);
    }

    /// <inheritdoc cref="AsJob{TResult}(Pipeline{TResult}, string, CheckpointStore, JobOptions)"/>
    public static Job<object?> AsJob(this Pipeline pipeline, string name, CheckpointStore store, JobOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        return Make<object?>(pipeline.Graph, name, store, options);
    }

    private static Job<TResult> Make<TResult>(PipelineGraph graph, string name, CheckpointStore store, JobOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(store);
        options ??= new JobOptions();
        options.Validate();
        return new(graph, name, store, options);
    }
}
