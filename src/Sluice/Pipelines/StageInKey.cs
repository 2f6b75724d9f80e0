namespace Sluice;

/// <summary>Stages that run for each key, within the coroutine of a node. Owner: the strand.</summary>
internal sealed class StageInKey<TIn>(Inbox<TIn> items) : StageHost
{
    private IStageKey? _key;

    /// <summary>All that were started for the key, the last stage first.</summary>
    private List<IStartedTarget>? _started;

    internal override IStageKey? Key => _key;

    internal override Node? Node => (Node?)items.RunNode;

    /// <summary>Starts a row of stages.</summary>
    /// <param name="specs">The stages.</param>
    /// <param name="output">Where the last one sends to.</param>
    /// <param name="key">The key.</param>
    /// <param name="behind">Those behind the first, in their order; null if there are none.</param>
    /// <param name="others">All but the first, with those in branches; null if there are none.</param>
    /// <returns>The first stage.</returns>
    internal CoroutineTarget<TIn> Start(NodeSpec[] specs, object output, IStageKey key, out IStartedTarget[]? behind, out IStartedTarget[]? others)
    {
        (behind, others, _key) = (null, null, key);
        if (specs is [CoroutineSpec<TIn> only])
        {
            return (CoroutineTarget<TIn>)only.StartIn(this, [output], []);
        }

        _started = [];
        object[] outputs = [output];
        var targets = new IStartedTarget[specs.Length];
        for (var i = specs.Length - 1; i >= 0; i--)
        {
            targets[i] = specs[i].StartIn(this, outputs, i + 1 < specs.Length ? [targets[i + 1]] : []);
            outputs = [targets[i]];
        }

        behind = targets.Length > 1 ? targets[1..] : null;
        others = _started.Count > 1 ? [.. Enumerable.Reverse(_started).Skip(1)] : null;
        (_started, _key) = (null, null);
        return (CoroutineTarget<TIn>)targets[0];
    }

    internal override CoroutineTarget<T> Start<T>(Func<Inbox<T>, Coroutine> body, string name, object[] outputs, IStartedTarget[] closes)
    {
        var target = items.StartInner(closes.Length == 0 ? body : inbox => RunAndClose(inbox, body(inbox), outputs, closes), name);
        _started?.Add(target);
        return target;
    }
}
