using Sluice.Bytes;

namespace Sluice;

/// <summary>Starts the nodes of a run whose state is kept: it knows what each was started with, and may put stored state in place of a fresh start.</summary>
/// <remarks>Called within the run's strand while the run is prepared, from the sinks up.</remarks>
internal abstract class NodeStarter
{
    private volatile bool _holdsSources = true;

    /// <summary>Gets whether the sources wait: until the first checkpoint is stored, and behind the last mark. Set it before <see cref="IPipelineRun.LookAtSources"/>, or before a mark that is to
    /// be the last.</summary>
    internal bool HoldsSources
    {
        get => _holdsSources;
        set => _holdsSources = value;
    }

    /// <summary>The name of the job; null in a part of the run that is elsewhere.</summary>
    internal virtual string? Job => null;

    /// <summary>Starts the coroutine of a node.</summary>
    /// <param name="node">The node; its body is set.</param>
    /// <param name="ports">The ports of its inboxes, in their order.</param>
    /// <param name="outputs">Where it sends to.</param>
    /// <param name="start">Calls the coroutine's method, and starts what that gives or leaves it to the caller.</param>
    internal abstract void StartCoroutine(Node node, INodePort[] ports, object[] outputs, INodeStart start);

    /// <summary>An operator was made, and <paramref name="make"/> makes others like it.</summary>
    internal abstract void StartOperator(Node node, object body, Func<object> make);

    /// <summary>A node was made whose state is <paramref name="values"/>: it goes on with stored ones.</summary>
    /// <returns>Null if the node goes on; else what it has ended as.</returns>
    internal abstract Coroutine? StartValues(Node node, INodeValues values);

    /// <summary>The position at which a source begins; null from the start.</summary>
    /// <param name="node">The node.</param>
    /// <param name="hasEnded">Whether it had ended: it does not begin at all.</param>
    internal abstract ReadOnlyMemory<byte>? PositionOf(Node node, out bool hasEnded);

    /// <summary>The output of a sink whose blueprint asks for one; null if it works as in any other run.</summary>
    internal abstract SinkOutput? OutputOf(Node node);
    /// <summary>Writes a value of the application's, such as the position of a source.</summary>
    internal abstract void WriteValue(ByteSink to, object? value);

    /// <summary>Reads what <see cref="WriteValue"/> has written, and nothing else.</summary>
    internal abstract object? ReadValue(ReadOnlyMemory<byte> bytes);

    /// <summary>All nodes of a run, or of a segment, are there: those that were in the middle of something go on.</summary>
    internal abstract void Finish(IEnumerable<Node> nodes);
}

/// <summary>The start of a node's coroutine.</summary>
internal interface INodeStart
{
    /// <summary>Calls the method; the coroutine is boxed and does not run yet.</summary>
    Coroutine Call();

    /// <summary>Starts what <see cref="Call"/> gave.</summary>
    void Start(Coroutine called);

    /// <summary>Makes the node one that has ended.</summary>
    /// <param name="root">What it ended as.</param>
    void End(Coroutine root);
}
