using System.Diagnostics.CodeAnalysis;

namespace Sluice.Durable;

/// <summary>Reads one committed checkpoint. It sees the checkpoint as it was when the reader was opened, also while the job goes on.</summary>
/// <remarks>Each row is compared with its checksum; one that differs is a <see cref="StoreDamagedException"/>. Other failures of the store are a <see cref="StoreException"/>.
/// A reader may hold a transaction: dispose it soon. Rows come in no particular order, unless a member says so. Thread safety: one call, or one enumeration, at a time.</remarks>
public abstract class CheckpointReader : IAsyncDisposable
{
    /// <summary>The checkpoint.</summary>
    public abstract CheckpointInfo Checkpoint { get; }

    /// <summary>Reads the description of the graph.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The description, or null if none was written.</returns>
    public async Task<ReadOnlyMemory<byte>?> ReadGraphAsync(CancellationToken cancellationToken = default) =>
        (await ReadStoredNodeAsync("", 0, cancellationToken).ConfigureAwait(false))?.State;

    /// <summary>Reads the states of all nodes.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows; none without a state.</returns>
    public IAsyncEnumerable<NodeState> ReadNodesAsync(CancellationToken cancellationToken = default) =>
        ReadStoredNodesAsync(cancellationToken).Where(static row => row.Node.Length > 0);

    /// <summary>Reads the state of one part of a node.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="part">The part. Default 0.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The row, or null if the part has no state.</returns>
    public Task<NodeState?> ReadNodeAsync(string node, int part = 0, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(node);
        return ReadStoredNodeAsync(node, part, cancellationToken);
    }

    /// <summary>Reads the states of keys.</summary>
    /// <param name="node">The node's name, or null, the default, for all nodes.</param>
    /// <param name="firstGroup">The first key group. Default 0.</param>
    /// <param name="lastGroup">The last key group. Default all.</param>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows; none without a state.</returns>
    public abstract IAsyncEnumerable<KeyState> ReadKeysAsync(string? node = null, int firstGroup = 0, int lastGroup = int.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Reads the state of one key.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="group">The key group.</param>
    /// <param name="key">The key, in the bytes of its codec.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The row, or null if the key has no state.</returns>
    public abstract Task<KeyState?> ReadKeyAsync(string node, int group, ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default);

    /// <summary>Reads the positions of sources.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows; none of a partition that is gone.</returns>
    public abstract IAsyncEnumerable<SourcePosition> ReadPositionsAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads the staged output of sinks, each sink's in the order of <see cref="StagedOutput.Sequence"/>.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows.</returns>
    public abstract IAsyncEnumerable<StagedOutput> ReadStagedAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds up the sizes of all nodes. It reads the whole checkpoint, and so checks it too.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sizes, in the order of the nodes' names.</returns>
    public async Task<IReadOnlyList<NodeSize>> MeasureAsync(CancellationToken cancellationToken = default)
    {
        var sizes = new SortedDictionary<string, NodeSize>(StringComparer.Ordinal);
        NodeSize Of(string node) => sizes.GetValueOrDefault(node) ?? new NodeSize(node, 0, 0, 0, 0);

        await foreach (var row in ReadNodesAsync(cancellationToken).ConfigureAwait(false))
        {
            var size = Of(row.Node);
            sizes[row.Node] = size with { StateBytes = size.StateBytes + row.State!.Value.Length };
        }

        await foreach (var row in ReadKeysAsync(cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            var size = Of(row.Node);
            sizes[row.Node] = size with { Keys = size.Keys + 1, StateBytes = size.StateBytes + row.State!.Value.Length };
        }

        await foreach (var row in ReadPositionsAsync(cancellationToken).ConfigureAwait(false))
        {
            var size = Of(row.Node);
            sizes[row.Node] = size with { PositionBytes = size.PositionBytes + row.Position!.Value.Length };
        }

        await foreach (var row in ReadStagedAsync(cancellationToken).ConfigureAwait(false))
        {
            var size = Of(row.Node);
            sizes[row.Node] = size with { StagedBytes = size.StagedBytes + row.Output.Length };
        }

        return [.. sizes.Values];
    }

    /// <summary>Lists the nodes of the pipeline, from the description of the graph.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The nodes in the order of the pipeline; none if no description was written.</returns>
    /// <exception cref="StoreDamagedException">Awaited: the description is none that this version of the library wrote.</exception>
    public async Task<IReadOnlyList<StoredNode>> ListNodesAsync(CancellationToken cancellationToken = default) =>
        await ReadGraphAsync(cancellationToken).ConfigureAwait(false) is { } graph ? StoredNodes.Read(graph) : [];

    /// <summary>Describes the state of one part of a node for people: whether it has ended, the position of a source, the variables of coroutines, the fields of an operator.</summary>
    /// <remarks>Nothing is resumed. Objects of the types in the state are made without their constructors; of their code only what rebuilds hashed and sorted collections runs. What a run gets from its
    /// program, such as what lambdas captured, is not stored, and stands there as "null, or given by the program". It reads the whole state of the part.</remarks>
    /// <param name="node">The node's name.</param>
    /// <param name="part">The part. Default 0.</param>
    /// <param name="key">The text of a key of a node with keys, such as its digits: only the coroutines of this key are described. Default null: everything.</param>
    /// <param name="options">The assemblies whose types the state may have: those of the program that stored it. Default null: those of this program. Objects outside are not needed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Some lines; null if the part has no state, or no such key.</returns>
    /// <exception cref="SnapshotException">Awaited: the state has types that are not allowed or not as they were stored, or does not fit together.</exception>
    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    public async Task<string?> DescribeNodeAsync(string node, int part = 0, string? key = null, SnapshotOptions? options = null, CancellationToken cancellationToken = default) =>
        await ReadNodeAsync(node, part, cancellationToken).ConfigureAwait(false) is { State: { } state } ? NodeStateText.Of(state.ToArray(), options ?? new SnapshotOptions(), StoredPositionText.Of, key) : null;

    /// <summary>Closes the reader.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Reads the states of all nodes, with the description of the graph as the state of the node whose name is empty.</summary>
    /// <param name="cancellationToken">Cancels the enumeration.</param>
    /// <returns>The rows; none without a state.</returns>
    protected abstract IAsyncEnumerable<NodeState> ReadStoredNodesAsync(CancellationToken cancellationToken);

    /// <summary>Reads the state of one part of a node, or the description of the graph.</summary>
    /// <param name="node">The node's name; empty for the graph.</param>
    /// <param name="part">The part.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The row, or null if it has no state.</returns>
    protected abstract Task<NodeState?> ReadStoredNodeAsync(string node, int part, CancellationToken cancellationToken);
}
