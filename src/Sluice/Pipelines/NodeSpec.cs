using System.Diagnostics;

namespace Sluice;

/// <summary>The blueprint of one node: what it is called and how it is brought to life in a run.</summary>
[DebuggerDisplay("{Kind} {Name,nq}")]
internal abstract record NodeSpec(string Name, NodeKind Kind, string? Detail)
{
    /// <summary>Gets whether <see cref="Name"/> was chosen with <c>Named</c> or a name argument.</summary>
    internal bool IsNamed { get; init; }

    /// <summary>The types of what the node receives, one for each inbox; none for a source.</summary>
    internal virtual IReadOnlyList<EdgeType> Inputs => [];

    /// <summary>Gets whether it returns something when it has ended.</summary>
    internal bool HasResult { get; init; }

    /// <summary>The reason why it takes no error policy, and the way out; null if it takes one.</summary>
    internal string? RefusesPolicies { get; init; }

    /// <summary>What it writes to in a run whose state is kept; null for all but some sinks.</summary>
    internal virtual OutputRequest? Output => null;

    /// <summary>Gets whether the application's code in it is there for what it does outside of the run, at least once in a job.</summary>
    internal bool ActsOutside { get; init; }

    /// <summary>Gets whether what feeds an inbox, from the second one on, starts only when the node opens that inbox.</summary>
    internal bool OpensInTurn { get; init; }

    /// <summary>Gets whether what feeds the node waits at first: it is an exit, and what it leads to in another segment is not open yet.</summary>
    internal virtual bool IsHeld => false;

    /// <summary>Gets whether a mark captures it. False for what only passes items on between places.</summary>
    internal bool HasState { get; init; } = true;

    /// <summary>Makes the node's body for one run. <paramref name="outputs"/> are targets of the node's output type.</summary>
    internal abstract void Start(Node node, object[] outputs);

    /// <summary>The stages that it starts for each key; null for any other node.</summary>
    internal NodeSpec[]? ForEachKey { get; init; }

    /// <summary>Gets whether it runs outside of a run.</summary>
    internal virtual bool RunsByHand => false;

    /// <summary>The state that it has between items.</summary>
    internal KeptState Keeps { get; init; }

    /// <summary>Starts the node elsewhere than as a node of a run; gives the target of its inbox.</summary>
    /// <param name="host">Where it runs.</param>
    /// <param name="outputs">Where it sends to.</param>
    /// <param name="closes">Which targets it closes when it has ended, in this order.</param>
    internal virtual IStartedTarget StartIn(StageHost host, object[] outputs, IStartedTarget[] closes) => throw RunsInPipelinesOnly();

    /// <summary>The error of one that does not run by hand.</summary>
    internal InvalidOperationException RunsInPipelinesOnly() => new($"'{Name}' has several inboxes, or is under an error policy: it runs in pipelines only.");
}

/// <summary>A source of a blueprint.</summary>
internal interface ISourceSpec
{
    /// <summary>Gets whether it knows where it stands, and can begin there: see <see cref="SourceRun{T}.Position"/>.</summary>
    bool HasPosition { get; }

    /// <summary>The type of its items.</summary>
    Type ItemType { get; }
}

internal sealed record SourceSpec<T>(string Name, string? Detail, Func<SourceRun<T>, Coroutine> Body)
    : NodeSpec(Name, NodeKind.Source, Detail), ISourceSpec
{
    /// <summary>What is done when it fails, the innermost first.</summary>
    internal SourcePolicy[] Policies { get; init; } = [];

    public bool HasPosition { get; init; }

    public Type ItemType => typeof(T);

    /// <summary>The reason why its items have no <see cref="IdempotencyKey"/>, and the way out; null if they have, or if it has no position.</summary>
    internal string? RefusesKeys { get; init; }

    /// <summary>Sets the position at which it begins, before it starts; null if it has none until then.</summary>
    internal Action<SourceRun<T>>? Prepare { get; init; }

    internal override void Start(Node node, object[] outputs) => node.Body = StartInto(node, (Target<T>)outputs[0]);

    internal SourceBody<T> StartInto(Node node, Target<T> next)
    {
        var body = Policies.Aggregate(Body, (inner, policy) => run => new SourceGuard<T>(policy, node, run, inner).Run());
        return new(node, body, next, isGuarded: Policies.Length > 0, Prepare);
    }
}

/// <summary>A stage, sink or fan-out written as a coroutine.</summary>
internal sealed record CoroutineSpec<T>(string Name, NodeKind Kind, string? Detail, Func<Inbox<T>, object[], Coroutine> Body)
    : NodeSpec(Name, Kind, Detail), IGuardable<T>
{
    /// <summary>Makes the same with a policy that it applies itself, for work that goes on beside the items; null for what a guard
    /// can start again.</summary>
    internal Func<ItemPolicy<T>, CoroutineSpec<T>>? WithPolicy { get; init; }

    internal override IReadOnlyList<EdgeType> Inputs => EdgeType<T>.Only;

    /// <summary>The body where it runs for a key, if it has to know that; else null.</summary>
    internal Func<Inbox<T>, object[], IStageKey, Coroutine>? BodyInKey { get; init; }

    /// <summary>What it writes to in a run whose state is kept, instead of what its body writes to.</summary>
    internal OutputRequest? WritesTo { get; init; }

    internal override OutputRequest? Output => WritesTo;

    internal override bool RunsByHand => true;

    internal override IStartedTarget StartIn(StageHost host, object[] outputs, IStartedTarget[] closes)
    {
        if (BodyInKey is { } bodyInKey && host.Key is { } key)
        {
            return host.Start<T>(inbox => bodyInKey(inbox, outputs, key), Name, outputs, closes);
        }

        return host.Start<T>(inbox => Body(inbox, outputs), Name, outputs, closes);
    }

    public Target<T> StartGuarded(Node node, object[] outputs, IGuard guard, long before)
    {
        var port = new GuardedPort<T>(node, guard, HasResult);
        port.Start(inbox => Body(inbox, outputs));
        return port;
    }

    internal override void Start(Node node, object[] outputs)
    {
        var port = new NodePort<T>(node, HasResult);
        node.Body = port;
        if (WritesTo is not null && node.Run.Starter?.OutputOf(node) is SinkOutput<T> output)
        {
            port.StartIn([output], inbox => AddAll(inbox, output));
        }
        else
        {
            port.StartIn(outputs, inbox => Body(inbox, outputs));
        }
    }

    private static async Coroutine AddAll(Inbox<T> items, SinkOutput<T> output)
    {
        await foreach (var item in items)
        {
            output.Add(item);
        }
    }
}

/// <summary>A node with several inboxes, written as a coroutine. The first inbox's port owns the coroutine.</summary>
internal sealed record FanInSpec<TFirst>(string Name, EdgeType[] Others, Func<Inbox<TFirst>, ISidePort[], object[], Coroutine> Body)
    : NodeSpec(Name, NodeKind.FanIn, null)
{
    private readonly EdgeType[] _inputs = [EdgeType<TFirst>.Instance, .. Others]; // kept: asked for at each of its edges

    internal override IReadOnlyList<EdgeType> Inputs => _inputs;

    internal override void Start(Node node, object[] outputs)
    {
        ISidePort[] others = [.. Others.Select((type, i) => type.SidePort(node, i + 1))];
        var port = new NodePort<TFirst>(node, hasResult: false, others);
        node.Body = port;
        port.StartIn(outputs, inbox => Body(inbox, others, outputs));
    }
}

/// <summary>Stages side by side, as one part of a row of stages: a node that sends to all of them, and one where they merge.
/// It is taken apart when the graph is built; its name and detail are those of the first.</summary>
internal sealed record BranchesSpec(NodeSpec First, NodeSpec[][] Branches, NodeSpec Merge)
    : NodeSpec(First.Name, First.Kind, First.Detail)
{
    internal NodeSpec FanOut => First with { Name = Name, IsNamed = IsNamed, Detail = Detail };

    internal override void Start(Node node, object[] outputs) => throw new InvalidOperationException("Branches are no node.");

    /// <summary>Several may send to one target there, so nothing is needed where they merge. It ends when all have.</summary>
    internal override IStartedTarget StartIn(StageHost host, object[] outputs, IStartedTarget[] closes)
    {
        var heads = Array.ConvertAll(Branches, branch => host.Start(branch, outputs, []));
        return FanOut.StartIn(host, heads, [.. heads, .. closes]);
    }
}

internal sealed record OperatorSpec<TIn, TOut>(string Name, string? Detail, Func<Target<TOut>, Operator<TIn, TOut>> Create, NodeKind Kind = NodeKind.Operator)
    : NodeSpec(Name, Kind, Detail), IGuardable<TIn>
{
    internal override IReadOnlyList<EdgeType> Inputs => EdgeType<TIn>.Only;

    internal override void Start(Node node, object[] outputs)
    {
        var (body, failure) = Make(node, outputs);
        body.Attach(node);
        node.Body = body;
        if (failure is not null)
        {
            node.Body.ThrowIn(failure);
        }
        else
        {
            node.Run.Starter?.StartOperator(node, body, () => Create((Target<TOut>)outputs[0]));
        }
    }

    internal override bool RunsByHand => true;

    internal override IStartedTarget StartIn(StageHost host, object[] outputs, IStartedTarget[] closes) =>
        host.Start<TIn>(inbox => StageHost.Run(inbox, Create((Target<TOut>)outputs[0]), Name), Name, outputs, closes);

    public Target<TIn> StartGuarded(Node node, object[] outputs, IGuard guard, long before)
    {
        var (body, failure) = Make(node, outputs);
        if (before > 0)
        {
            body.StartAfter(before);
        }

        body.Attach(node, guard);
        if (failure is not null)
        {
            ((INodeBody)body).ThrowIn(failure);
        }

        return body;
    }

    private (Operator<TIn, TOut> Body, Exception? Failure) Make(Node node, object[] outputs)
    {
        var next = (Target<TOut>)outputs[0];
        try
        {
            return (Create(next) ?? throw new InvalidOperationException($"The operator '{node.Name}' was made as null."), null);
        }
        catch (Exception error)
        {
            return (new BrokenOperator(next), error);
        }
    }

    /// <summary>Stands in for an operator that could not be made: it has failed before the first item.</summary>
    private sealed class BrokenOperator(Target<TOut> next) : Operator<TIn, TOut>(next)
    {
        public override ValueTask SendAsync(TIn item) => RefuseAsync();
    }
}
