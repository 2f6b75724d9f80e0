namespace Sluice;

/// <content>Nodes in a pool: each of its members has a copy.</content>
internal sealed partial class SegmentPlan
{
    /// <summary>For each node of the pipeline what stands for it: several in a pool, else itself.</summary>
    private readonly List<int[]> _copies = [];

    /// <summary>For each node of the pipeline the pool that it is in, if it is in one.</summary>
    private PoolEnv?[] _pools = [];

    /// <summary>Each member of a pool gets a node of its own for each node that is placed in the pool.</summary>
    private void Multiply()
    {
        _pools = [.. _places.Select(static place => place as PoolEnv)];
        for (var node = 0; node < _pools.Length; node++)
        {
            if (_pools[node] is not { } pool)
            {
                _copies.Add([node]);
                continue;
            }

            if (_specs[node].HasResult || _specs[node].Kind == NodeKind.Source)
            {
                throw new InvalidOperationException(_specs[node].HasResult
                    ? $"The sink '{_names[node]}' has a result, and there would be {pool.Members.Count} of it in {pool}: put On(Env.Caller) before it."
                    : $"The source '{_names[node]}' would run {pool.Members.Count} times in {pool}: place it elsewhere.");
            }

            _places[node] = pool.Members[0];
            _copies.Add([node, .. pool.Members.Skip(1).Select(member => Add(_specs[node], _names[node], _origins[node], member))]);
        }
    }

    private void Connect(GraphEdge edge)
    {
        var (from, to) = (_copies[edge.From.Index], _copies[edge.To.Index]);
        if (_pools[edge.To.Index] is { } pool)
        {
            if (_pools[edge.From.Index] == pool)
            {
                for (var i = 0; i < from.Length; i++)
                {
                    Connect(from[i], to[i], edge.Slot);
                }

                return;
            }

            var type = edge.To.Spec.Inputs[edge.Slot].ItemType;
            if (type != pool.ItemType)
            {
                throw new InvalidOperationException($"{pool} are given items of type '{type}' by '{edge.From.Name}', and have a key for '{pool.ItemType}'.");
            }

            foreach (var one in from)
            {
                var distribution = Add(pool.Distribution, $"{edge.From.Name} to {pool}", null, _places[one]);
                Connect(one, distribution, 0);
                Array.ForEach(to, copy => Connect(distribution, copy, edge.Slot));
            }

            return;
        }

        Array.ForEach(from, one => Connect(one, to[0], edge.Slot));
    }
}
