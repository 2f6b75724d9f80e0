namespace Sluice.Durable;

/// <summary>The outputs of the sinks in one run of a job.</summary>
internal sealed class JobOutputs : IOutputMaker, IAsyncDisposable
{
    private readonly JobSession _session;
    private readonly JobOptions _options;
    private readonly JobRecord? _before;
    private readonly List<IJobOutput> _all = [];
    private readonly Dictionary<string, SinkOutput> _byNode = new(StringComparer.Ordinal);

    private JobOutputs(JobSession session, JobOptions options, JobRecord? before) => (_session, _options, _before) = (session, options, before);

    internal IReadOnlyDictionary<string, SinkOutput> ByNode => _byNode;

    internal CheckpointRequests Requests { get; } = new();

    internal Disk Disk => _options.Disk;

    internal bool IsEmpty => _all.Count == 0;

    /// <summary>Gets whether an output is in no checkpoint yet: nothing may be written to it before one has it.</summary>
    internal bool HasNew { get; private set; }

    /// <summary>Gets whether one of them takes nothing more.</summary>
    internal bool HaveFailed => _all.Exists(static output => output.HasFailed);

    /// <summary>Makes the outputs of a run, as they are at the checkpoint where it goes on.</summary>
    /// <param name="graph">The pipeline.</param>
    /// <param name="session">The ownership of the job.</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="before">The job before this run took it; null: there was none.</param>
    /// <param name="stored">What the checkpoint has of each output, by the names of nodes; null if the job begins.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The outputs.</returns>
    internal static async Task<JobOutputs> OpenAsync(PipelineGraph graph, JobSession session, JobOptions options, JobRecord? before, IReadOnlyDictionary<string, byte[]>? stored, CancellationToken cancellationToken)
    {
        var outputs = new JobOutputs(session, options, before);
        try
        {
            foreach (var node in graph.Nodes)
            {
                if (node.Spec.Output?.Make(outputs, node.Name) is { } output)
                {
                    outputs._byNode.Add(node.Name, output);
                    outputs._all.Add((IJobOutput)output);
                }
            }

            outputs.RefuseSamePaths();
            outputs.RefuseOtherPlaces(graph);
            foreach (var output in outputs._all)
            {
                var committed = stored?.GetValueOrDefault(output.Node) is { } state ? new StagedCheckpoint(session.Committed!.Value.Number, state) : null;
                outputs.HasNew |= committed is null;
                await output.RestoreAsync(committed, cancellationToken).ConfigureAwait(false);
            }

            return outputs;
        }
        catch
        {
            await outputs.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal StagedContext ContextOf(string node) => new(_session, node);

    /// <summary>Finds out whether an output that another process has locked is that of the job's last owner, which this run has taken it from.</summary>
    internal bool MayTakeOverFrom(int? process) => _options.Open.TakeOver
        || (process is not null && process != Environment.ProcessId && _before is { Owner: var owner } && owner.ProcessId == process && owner.Host == ProcessIdentity.Host && owner.Boot == ProcessIdentity.Boot);

    public SinkOutput? MakeFile<T>(FileRequest<T> request, string node) => MakeFile(request.Path, new OutputFileOptions { Existing = request.Append ? ExistingOutput.Append : ExistingOutput.Replace }, request.Encode, node);

    /// <returns>Null: the path is a pipe or a device.</returns>
    internal SinkOutput? MakeFile<T>(string path, OutputFileOptions options, RecordEncoder<T> encode, string node) =>
        LinuxFiles.IsPipeOrDevice(path) ? null : new JobFile<T>(path, options, encode, node, this);

    /// <summary>Makes durable what belongs to a checkpoint.</summary>
    /// <returns>What the commit has of each, with the names of the nodes.</returns>
    internal async Task<IReadOnlyList<(string Node, StagedPart Part)>> PrepareAsync(long number, CancellationToken cancellationToken)
    {
        var parts = await Task.WhenAll(_all.Select(output => output.PrepareAsync(number, cancellationToken))).ConfigureAwait(false);
        return [.. _all.Zip(parts, static (output, part) => (output.Node, part))];
    }

    internal Task PublishAsync(long number, CancellationToken cancellationToken) => Task.WhenAll(_all.Select(output => output.PublishAsync(number, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var output in _all)
        {
            await output.DisposeAsync().ConfigureAwait(false);
        }

        Requests.Dispose();
    }

    /// <summary>A sink in another process, or several of it in a pool, would write beside its output.</summary>
    private void RefuseOtherPlaces(PipelineGraph graph)
    {
        if (IsEmpty)
        {
            return;
        }

        var here = SegmentPlan.Of(graph, _options.Run.Placement)
            .Where(static segment => segment.Env is CallerEnv or ThreadEnv or ThreadPoolEnv or HostEnv)
            .SelectMany(static segment => segment.Graph.Nodes.Select(static node => node.Name))
            .GroupBy(static name => name, StringComparer.Ordinal)
            .Where(static same => same.Count() == 1) // members of a pool have the same names
            .Select(static same => same.Key)
            .ToHashSet(StringComparer.Ordinal);
        if (_byNode.Keys.FirstOrDefault(node => !here.Contains(node)) is { } elsewhere)
        {
            throw new InvalidOperationException($"Sink '{elsewhere}' of job '{_session.Job}' runs in another process or in a pool, where it takes no part in checkpoints, so it would not write exactly once. Bring the items back before it, with On(Env.Caller).");
        }
    }

    private void RefuseSamePaths()
    {
        var nodes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in _all.OfType<IJobFile>())
        {
            if (!nodes.TryAdd(file.FullPath, file.Node))
            {
                throw new InvalidOperationException($"Job '{_session.Job}' writes '{file.FullPath}' by two sinks, '{nodes[file.FullPath]}' and '{file.Node}'. Give each a path of its own, or send both to one sink.");
            }
        }
    }
}
