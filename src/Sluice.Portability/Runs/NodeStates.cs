using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice;

/// <summary>The states of the nodes of a run: what each was started with, its state at a mark, and a start from stored states.</summary>
/// <remarks>Thread safety: a run in several places calls it from the strand of each, for the nodes there.</remarks>
/// <param name="options">What snapshots may have.</param>
/// <param name="stored">The states at which the run goes on; null if it begins.</param>
/// <param name="outputs">What sinks write to, by the names of their nodes; null: none has an output.</param>
/// <param name="configuration">What the nodes may get that is not as it was. Default nothing.</param>
internal sealed class NodeStates(SnapshotOptions options, IReadOnlyDictionary<StateKey, byte[]>? stored, IReadOnlyDictionary<string, SinkOutput>? outputs = null, KeptConfiguration? configuration = null) : NodeStarter
{
    private readonly ConcurrentDictionary<Node, NodeParts> _parts = [];
    private readonly ConcurrentBag<Node> _sources = [];

    /// <summary>The name of the job; null for a part of a run that is elsewhere.</summary>
    internal string? JobName { get; init; }

    internal override string? Job => JobName;

    /// <summary>The state of a node that is at rest, or has ended.</summary>
    /// <exception cref="NotPortableException">It keeps something that cannot be stored.</exception>
    internal byte[] Capture(Node node, SharedObjects? shared = null)
    {
        configuration?.Verify(node.Name);
        var to = new ByteSink();
        if (node.Body is IPositionedBody { IsToldAfterEnd: true } told && (node.IsEnded || told.HadEnded))
        {
            to.WriteByte((byte)StateKind.EndedSource);
            Name(node, () => told.TryWritePosition(to));
        }
        else if (node.IsEnded || node.Body is IPositionedBody { HadEnded: true })
        {
            to.WriteByte((byte)StateKind.Ended);
            WriteResult(to, node);
        }
        else if (_parts.TryGetValue(node, out var parts))
        {
            to.WriteByte((byte)(parts.AreValues ? StateKind.Values : parts.Ports.Length > 0 ? StateKind.Coroutine : StateKind.Operator));
            Name(node, () => parts.Write(to, options, shared is null ? null : written => shared.Add(node.Name, written)));
        }
        else if (node.Body is IPositionedBody source)
        {
            var position = new ByteSink();
            var hasBegun = false;
            Name(node, () => hasBegun = source.TryWritePosition(position));
            to.WriteByte((byte)(hasBegun ? StateKind.Source : StateKind.NewSource));
            to.WriteBytes(position.Written);
        }
        else
        {
            throw new NotPortableException($"'{node.Name}' cannot be stored: the state of a {node.Blueprint.Kind} of this kind is not kept.", null, null, null, "its state is not kept");
        }

        return to.Written.ToArray();
    }

    /// <summary>The node is at a mark, and its state was captured: its output is cut there too.</summary>
    internal void Cut(Node node, long number) => OutputOf(node)?.Cut(number);

    internal override SinkOutput? OutputOf(Node node) => outputs?.GetValueOrDefault(node.Name);

    internal override void StartCoroutine(Node node, INodePort[] ports, object[] outputs, INodeStart start)
    {
        var (called, twin) = (start.Call(), start.Call());
        twin.CancelStart();
        var parts = new NodeParts(node, ports, outputs, NodeArguments.Of(called, twin));
        _parts[node] = parts;
        if (StateOf(node) is not { } state)
        {
            start.Start(called);
            return;
        }

        called.CancelStart();
        try
        {
            switch (KindOf(state))
            {
                case StateKind.Ended:
                    start.End(ReadResult(state));
                    break;
                case StateKind.Coroutine:
                    Name(node, () => parts.Read(state, options, configuration));
                    break;
                default:
                    throw Mismatch(node);
            }
        }
        catch (SnapshotException error)
        {
            start.End(new EndedCoroutine(error)); // so the run fails before anything is taken from a source
        }
    }

    internal override void StartOperator(Node node, object body, Func<object> make)
    {
        var parts = new NodeParts(node, body, make);
        _parts[node] = parts;
        if (StateOf(node) is not { } state)
        {
            return;
        }

        try
        {
            switch (KindOf(state))
            {
                case StateKind.Ended:
                    node.Body.EndAsStored();
                    break;
                case StateKind.Operator:
                    Name(node, () => parts.Read(state, options, configuration));
                    break;
                default:
                    throw Mismatch(node);
            }
        }
        catch (SnapshotException error)
        {
            node.Body.ThrowIn(error);
        }
    }

    internal override Coroutine? StartValues(Node node, INodeValues values)
    {
        var parts = new NodeParts(node, values);
        _parts[node] = parts;
        if (StateOf(node) is not { } state)
        {
            return null;
        }

        try
        {
            switch (KindOf(state))
            {
                case StateKind.Ended:
                    return EndedCoroutine.Completed;
                case StateKind.Values:
                    Name(node, () => parts.Read(state, options, configuration));
                    return null;
                default:
                    throw Mismatch(node);
            }
        }
        catch (SnapshotException error)
        {
            return new EndedCoroutine(error);
        }
    }

    internal override ReadOnlyMemory<byte>? PositionOf(Node node, out bool hasEnded)
    {
        hasEnded = false;
        _sources.Add(node);
        if (StateOf(node) is not { } state)
        {
            return null;
        }

        switch (KindOf(state))
        {
            case StateKind.Ended:
                hasEnded = true;
                return null;
            case StateKind.Source:
                return state.AsMemory(1);
            case StateKind.EndedSource:
                hasEnded = true;
                return state.AsMemory(1);
            default:
                return null; // it has not begun; what is no source does not ask
        }
    }

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who makes states of nodes says so.")]
    internal override void WriteValue(ByteSink to, object? value) => to.WriteBytes(StoredValue.Write(value, options));

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Who makes states of nodes says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who makes states of nodes says so.")]
    internal override object? ReadValue(ReadOnlyMemory<byte> bytes) => StoredValue.Read(bytes.Span, options);

    /// <summary>Gets whether a source is to be told what is committed. When the run has ended.</summary>
    internal bool HasCommitListeners => _sources.Any(static node => node.Body is IPositionedBody { CommitListener: not null });

    internal override void Finish(IEnumerable<Node> nodes)
    {
        foreach (var node in nodes)
        {
            if (_parts.TryGetValue(node, out var parts))
            {
                parts.GoOn();
            }
        }
    }

    /// <summary>The state at which a node goes on; null if it begins.</summary>
    internal byte[]? StoredOf(StateKey node) => stored?.GetValueOrDefault(node);

    private byte[]? StateOf(Node node) => StoredOf(StateKey.Of(node));

    private static StateKind KindOf(byte[] state) => state.Length > 0 ? (StateKind)state[0] : 0;

    private void WriteResult(ByteSink to, Node node)
    {
        if (node.Body.Root is { } root && _parts.GetValueOrDefault(node) is not { AreValues: true })
        {
            Name(node, () => to.WriteBytes(SnapshotFormat.TryCapture(new object[] { root }, options, moves: false, out _)!.ToBytes()));
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Who makes states of nodes says so.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who makes states of nodes says so.")]
    private Coroutine ReadResult(byte[] state)
    {
        if (state.Length == 1)
        {
            return EndedCoroutine.Completed;
        }

        CoroutineSnapshot.Parse(state.AsSpan(1), options).Open(out var root);
        return (Coroutine)((object[])root)[0];
    }

    private static SnapshotException Mismatch(Node node) =>
        new(string.Create(CultureInfo.InvariantCulture, $"'{node.Name}' is a {node.Blueprint.Kind} here, and the stored state is that of something else."));

    /// <summary>Errors say which node they are about.</summary>
    private static void Name(Node node, Action action)
    {
        try
        {
            action();
        }
        catch (SnapshotException error)
        {
            throw new SnapshotException($"The state of '{node.Name}' cannot be resumed. {error.Message}", error);
        }
        catch (NotPortableException error)
        {
            throw new NotPortableException($"The state of '{node.Name}' cannot be stored. {error.Message}", error.Coroutine, error.Variable, error.VariableType, error.Reason);
        }
    }
}
