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
        var next = (Target<TOut>)outputs[0];
        Exception? failure = null;
        Operator<TIn, TOut> body;
        try
        {
            body = Create(next) ?? throw new InvalidOperationException($"The operator '{node.Name}' was made as null.");
        }
        catch (Exception error)
        {
            failure = error;
            body = new BrokenOperator(next);
        }

        body.Attach(node);
        node.Body = body;
        if (failure is not null)
        {
            node.Body.ThrowIn(failure);
        }
    }

    /// <summary>Stands in for an operator that could not be made: it has failed before the first item.</summary>
    private sealed class BrokenOperator(Target<TOut> next) : Operator<TIn, TOut>(next)
    {
        public override ValueTask SendAsync(TIn item) => RefuseAsync();
    }
}
