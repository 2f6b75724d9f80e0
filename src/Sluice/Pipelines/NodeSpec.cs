using System.Diagnostics;

namespace Sluice;

/// <summary>The blueprint of one node: what it is called and how it is brought to life in a run.</summary>
[DebuggerDisplay("{Kind} {Name,nq}")]
internal abstract record NodeSpec(string Name, NodeKind Kind, string? Detail)
{
    /// <summary>Whether <see cref="Name"/> was chosen with <c>Named</c> or a name argument.</summary>
    internal bool IsNamed { get; init; }

    /// <summary>Makes the node's body for one run. <paramref name="outputs"/> are targets of the node's output type.</summary>
    internal abstract void Start(Node node, object[] outputs);
}

internal sealed record SourceSpec<T>(string Name, string? Detail, Func<SourceRun<T>, Coroutine> Body)
    : NodeSpec(Name, NodeKind.Source, Detail)
{
    internal override void Start(Node node, object[] outputs) => node.Body = new SourceBody<T>(node, Body, (Target<T>)outputs[0]);
}

/// <summary>A stage, sink or fan-out written as a coroutine.</summary>
internal sealed record CoroutineSpec<T>(string Name, NodeKind Kind, string? Detail, Func<Inbox<T>, object[], Coroutine> Body)
    : NodeSpec(Name, Kind, Detail)
{
    internal bool HasResult { get; init; }

    internal override void Start(Node node, object[] outputs)
    {
        var port = new NodePort<T>(node, HasResult);
        node.Body = port;
        port.Start(inbox => Body(inbox, outputs));
    }
}

internal sealed record OperatorSpec<TIn, TOut>(string Name, string? Detail, Func<Target<TOut>, Operator<TIn, TOut>> Create)
    : NodeSpec(Name, NodeKind.Operator, Detail)
{
    internal override void Start(Node node, object[] outputs)
    {
        var @operator = Create((Target<TOut>)outputs[0]);
        @operator.Attach(node);
        node.Body = @operator;
    }
}
