namespace Sluice;

/// <summary>A blueprint that can be brought to life several times in one run, under an error policy.</summary>
internal interface IGuardable<TIn>
{
    /// <summary>Starts the stage within its node, without making it the node's body: its end is told to
    /// <paramref name="guard"/> and not to the node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="outputs">Where it sends to.</param>
    /// <param name="guard">What runs it.</param>
    /// <param name="before">How many items came before the one that it gets first; see <see cref="Operator{TIn, TOut}.StartAfter"/>.</param>
    /// <returns>Where its items go. It may have ended already.</returns>
    Target<TIn> StartGuarded(Node node, object[] outputs, IGuard guard, long before);
}

/// <summary>Runs a stage under an error policy.</summary>
internal interface IGuard
{
    /// <summary>The stage has ended; <paramref name="failure"/> is null if that was no failure. Within the strand.</summary>
    void StageEnded(Exception? failure);
}

/// <summary>A stage with its error policy: one node, whose coroutine is the guard.</summary>
internal sealed record GuardSpec<TIn>(NodeSpec Stage, ItemPolicy<TIn> Policy) : NodeSpec(Stage.Name, Stage.Kind, Policy.DetailWith(Stage.Detail)), IGuardable<TIn>
{
    internal override IReadOnlyList<EdgeType> Inputs => EdgeType<TIn>.Only;

    internal IGuardable<TIn> Guarded => (IGuardable<TIn>)Stage;

    public Target<TIn> StartGuarded(Node node, object[] outputs, IGuard guard, long before)
    {
        var port = new GuardedPort<TIn>(node, guard, HasResult);
        port.Start(BodyOf(node, outputs, before));
        return port;
    }

    internal override void Start(Node node, object[] outputs)
    {
        var port = new NodePort<TIn>(node, HasResult);
        node.Body = port;
        port.StartIn(outputs, BodyOf(node, outputs, before: 0));
    }

    internal override IStartedTarget StartIn(StageHost host, object[] outputs, IStartedTarget[] closes) =>
        host.Node is { } node
            ? host.Start<TIn>(items => new Guard<TIn>(this, node, Name, outputs, before: 0).Run(items), Name, outputs, closes)
            : base.StartIn(host, outputs, closes);

    private Func<Inbox<TIn>, Coroutine> BodyOf(Node node, object[] outputs, long before) => HasResult
        ? items => new Guard<TIn>(this, node, node.Name, outputs, before).RunForResult(items)
        : items => new Guard<TIn>(this, node, node.Name, outputs, before).Run(items);
}
