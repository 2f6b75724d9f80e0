namespace Sluice;

/// <content>Nodes in a pool: each of its members has a copy. Between them and the rest are nodes that share items out, and entries that gather them.</content>
internal sealed partial class SegmentPlan
{
    /// <summary>For each node of the pipeline what stands for it: several in a pool, else itself.</summary>
    private readonly List<int[]> _copies = [];

    /// <summary>The edges from the members of a pool that come together at one entry.</summary>
    private readonly Dictionary<int, Gathering> _gatherings = [];

    /// <summary>The edges into members of a pool whose items are turns, with the chain of stages there.</summary>
    private readonly Dictionary<int, int> _turns = [];

    /// <summary>The numbers of the members of pools.</summary>
    private readonly Dictionary<Env, int> _members = [];

    /// <summary>All names that were given. A node that is added has one of its own, by which its state is found.</summary>
    private readonly HashSet<string> _given = new(StringComparer.Ordinal);

    /// <summary>For each node of the pipeline the pool that it is in, if it is in one.</summary>
    private PoolEnv?[] _pools = [];

    /// <summary>Each member of a pool gets a node of its own for each node that is placed in the pool.</summary>
    private void Multiply()
    {
        _pools = [.. _places.Select(static place => place as PoolEnv)];
        foreach (var (number, member) in _pools.OfType<PoolEnv>().Distinct().SelectMany(static pool => pool.Members.Index()))
        {
            _members[member] = number;
        }

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
                    ? $"The sink '{_names[node]}' has a result, and each member of a pool ({pool}) would have one: put On(Env.Caller) before it."
                    : $"The source '{_names[node]}' would run in each member of a pool ({pool}): place it elsewhere.");
            }

            _places[node] = pool.Members[0];
            _copies.Add([node, .. pool.Members.Skip(1).Select(member => Add(_specs[node], _names[node], _origins[node], member))]);
        }
    }

    private void Connect(GraphEdge edge)
    {
        var (from, to) = (_copies[edge.From.Index], _copies[edge.To.Index]);
        var (before, pool) = (_pools[edge.From.Index], _pools[edge.To.Index]);
        if (before == pool)
        {
            for (var i = 0; i < from.Length; i++)
            {
                Connect(from[i], to[i], edge.Slot); // also those that are in no pool
            }

            return;
        }

        var isInTurns = _chains[edge.From.Index] is not null;
        if (_chains[edge.From.Index] is { } ended)
        {
            var turns = NameFor($"turns of {edge.From.Name}");
            from = Array.ConvertAll(from, one => Behind(one, Add(TypeOf(edge).TurnEnd(ended), turns, null, _places[one])));
        }

        if (pool is null)
        {
            Gather(edge, from, before, isInTurns, to[0], edge.Slot);
        }
        else
        {
            Distribute(edge, from, before, isInTurns, to, pool);
        }
    }

    private void Distribute(GraphEdge edge, int[] from, PoolEnv? before, bool isInTurns, int[] to, PoolEnv pool)
    {
        var chain = _chains[edge.To.Index];
        if (isInTurns || (chain is not null && from.Length > 1))
        {
            var gathered = Add(TypeOf(edge).Relay(), NameFor($"{edge.From.Name} before {pool}"), null, Env.Caller); // one row of items, in one place
            Gather(edge, from, before, isInTurns, gathered, 0);
            from = [gathered];
        }

        string? ofMembers = null; // the name of those that are in members of a pool, where their parts differ
        var spec = pool.Distribution(TypeOf(edge), edge.From.Name, chain is not null);
        var gatherings = Array.ConvertAll(to, _ => new Gathering([], IsInTurns: false, ""));
        foreach (var one in from)
        {
            var place = pool.IsNear && _places[one].IsRemote ? Env.Caller : _places[one];
            var name = _members.ContainsKey(place) ? ofMembers ??= NameFor($"{edge.From.Name} to {pool}") : NameFor($"{edge.From.Name} to {pool}");
            var distribution = Behind(one, Add(spec, name, null, place));
            for (var i = 0; i < to.Length; i++)
            {
                var into = Connect(distribution, to[i], edge.Slot);
                if (chain is { } number)
                {
                    _turns.Add(into, number);
                }
                else if (pool.IsNear && from.Length > 1)
                {
                    gatherings[i].Add(into, _gatherings);
                }
            }
        }
    }

    /// <summary>Leads what comes from the members of a pool to one node.</summary>
    private void Gather(GraphEdge edge, int[] from, PoolEnv? before, bool isInTurns, int to, int slot)
    {
        if (before is not { IsNear: true })
        {
            Array.ForEach(from, one => Connect(one, to, slot));
            return;
        }

        if (_places[to].IsRemote)
        {
            var relay = Add(TypeOf(edge).Relay(), $"{edge.From.Name} to {edge.To.Name}", null, Env.Caller); // only here all can be waited for at once
            Connect(relay, to, slot);
            (to, slot) = (relay, 0);
        }

        var gathering = new Gathering([], isInTurns, isInTurns ? NameFor($"{edge.From.Name} in turns") : "");
        Array.ForEach(from, one => gathering.Add(Connect(one, to, slot), _gatherings));
    }

    /// <summary>A name for a node that is added: for all of its copies.</summary>
    private string NameFor(string name)
    {
        var own = name;
        for (var number = 2; !_given.Add(own); number++)
        {
            own = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} ({number})");
        }

        return own;
    }

    private int Behind(int from, int to)
    {
        Connect(from, to, 0);
        return to;
    }

    private static EdgeType TypeOf(GraphEdge edge) => edge.To.Spec.Inputs[edge.Slot];

    /// <summary>False for the edges whose items come in at the entry of another one.</summary>
    private bool IsFirstGathered(int edge) => !_gatherings.TryGetValue(edge, out var gathering) || gathering.Edges[0] == edge;

    private NodeSpec EntryOf(int edge)
    {
        var isHeld = _held.Contains(edge);
        return _turns.TryGetValue(edge, out var chain) ? TypeOf(edge).TurnEntry(edge, isHeld, chain)
            : !_gatherings.TryGetValue(edge, out var gathering) ? TypeOf(edge).Entry(edge, isHeld)
            : gathering.IsInTurns ? TypeOf(edge).TurnGather([.. gathering.Edges], isHeld)
            : TypeOf(edge).Gather([.. gathering.Edges], isHeld);
    }

    private NodeSpec ExitOf(int edge)
    {
        var isHeld = _held.Contains(edge);
        return _gatherings.TryGetValue(edge, out var gathering) && gathering.IsInTurns ? TypeOf(edge).TurnExit(edge, isHeld) : TypeOf(edge).Exit(edge, isHeld);
    }

    /// <summary>The name of the entry where an edge comes in. Where turns come together there is state.</summary>
    private string EntryNameOf(int edge) =>
        _gatherings.TryGetValue(edge, out var gathering) && gathering.IsInTurns ? gathering.Name : $"from {_names[_edges[edge].From]}";

    /// <summary>Edges that come together at one entry.</summary>
    private sealed record Gathering(List<int> Edges, bool IsInTurns, string Name)
    {
        internal void Add(int edge, Dictionary<int, Gathering> gatherings)
        {
            Edges.Add(edge);
            gatherings.Add(edge, this);
        }
    }
}
