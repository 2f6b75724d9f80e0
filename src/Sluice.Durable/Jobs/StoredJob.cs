using System.Diagnostics.CodeAnalysis;
using Sluice.Durable;

namespace Sluice;

/// <summary>The checkpoint at which a job goes on, compared with the pipeline that goes on there (rule 19).</summary>
internal static class StoredJob
{
    /// <summary>Reads the newest checkpoint.</summary>
    /// <returns>The states of the nodes, and what sinks have prepared; null if the job begins.</returns>
    internal static async Task<StoredStates?> ReadAsync(JobSession session, PipelineGraph graph, JobOptions options, CancellationToken cancellationToken)
    {
        if (session.Committed is null)
        {
            return null;
        }

        var reader = await session.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var stored = await reader.ReadGraphAsync(cancellationToken).ConfigureAwait(false) is { } bytes ? GraphShape.Read(bytes.ToArray()) : throw new StoreDamagedException($"The checkpoint of job '{session.Job}' has no graph. Delete the job, which then starts from the beginning.");
            var states = new Dictionary<StateKey, byte[]>();
            await foreach (var row in reader.ReadNodesAsync(cancellationToken).ConfigureAwait(false))
            {
                states.Add(new(row.Node, row.Part), row.State!.Value.ToArray());
            }

            var outputs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
            await foreach (var row in reader.ReadStagedAsync(cancellationToken).ConfigureAwait(false))
            {
                outputs[row.Node] = row.Output.ToArray();
            }

            var matching = Match(session.Job, states, stored, GraphShape.Of(graph), options.Forget);
            var names = matching.Keys.Select(static key => key.Node).ToHashSet(StringComparer.Ordinal);
            return new(matching, outputs.Where(output => names.Contains(output.Key)).ToDictionary(StringComparer.Ordinal));
        }
    }

    /// <summary>The bytes of the rows of a checkpoint.</summary>
    internal static CheckpointRows RowsOf(PipelineGraph graph, IReadOnlyDictionary<StateKey, byte[]> states, IReadOnlyList<(string Node, StagedPart Part)> outputs, bool withGraph) => new()
    {
        Graph = withGraph ? GraphShape.Of(graph).ToBytes() : null,
        Nodes = [.. states.Select(static state => new Durable.NodeState { Node = state.Key.Node, Part = state.Key.Part, State = state.Value })],
        Staged = [.. outputs.Select(static output => new StagedOutput { Node = output.Node, Output = output.Part.State })],
    };

    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    internal static byte[] WriteResult<TResult>(TResult result, SnapshotOptions options) => StoredValue.Write(result, options);

    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    internal static TResult ReadResult<TResult>(ReadOnlyMemory<byte> bytes, SnapshotOptions options) => bytes.Length == 0 ? default! : (TResult)StoredValue.Read(bytes.Span, options)!;

    private static Dictionary<StateKey, byte[]> Match(string job, Dictionary<StateKey, byte[]> states, GraphShape stored, GraphShape now, ISet<string> forget)
    {
        // What was added for pools is no node of the pipeline.
        var nodes = stored.Nodes.Select(static node => node.Name).ToHashSet(StringComparer.Ordinal);
        if (stored.IsLike(now))
        {
            return states.Where(state => nodes.Contains(state.Key.Node) || !forget.Contains(state.Key.Node)).ToDictionary();
        }

        // A node that was forgotten in the store has no state left that could be lost, or go to another one.
        forget = forget.Union(nodes.Except(states.Keys.Select(static key => key.Node))).ToHashSet(StringComparer.Ordinal);

        // Names that were not chosen move when a node is put in front of others: state would go to the wrong one.
        if (stored.Nodes.FirstOrDefault(node => !node.IsNamed && !forget.Contains(node.Name)) is { Name: not null } unnamed)
        {
            throw new InvalidOperationException($"Job '{job}' was stored with other nodes or edges than this pipeline has, and its node '{unnamed.Name}' has no name of its own by which its state could be found. Give each node a name with Named in both programs, or run the job "
                + $"with the pipeline that it was stored with. Stored: {stored.Describe()}. Now: {now.Describe()}.");
        }

        var names = now.Nodes.Where(static node => node.IsNamed).Select(static node => node.Name).ToHashSet(StringComparer.Ordinal);
        if (stored.Nodes.FirstOrDefault(node => !names.Contains(node.Name) && !forget.Contains(node.Name)) is { Name: not null } gone)
        {
            throw new InvalidOperationException($"Job '{job}' has the state of a node '{gone.Name}', which this pipeline does not have. Name the node so in the pipeline, or say that its state may be lost: with JobOptions.Forget, or with the tool, sluice jobs forget.");
        }

        return states.Where(state => (names.Contains(state.Key.Node) || !nodes.Contains(state.Key.Node)) && !forget.Contains(state.Key.Node)).ToDictionary();
    }
}

/// <summary>A checkpoint as a run goes on from it, by the names of nodes.</summary>
/// <param name="Nodes">The states of the nodes.</param>
/// <param name="Outputs">What sinks have prepared.</param>
internal sealed record StoredStates(IReadOnlyDictionary<StateKey, byte[]> Nodes, IReadOnlyDictionary<string, byte[]> Outputs);
