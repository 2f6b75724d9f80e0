namespace Sluice;

/// <summary>In which order collections are rebuilt whose hashes or order depend on other objects: each after all that it reaches,
/// since one of those may be a collection itself. In a cycle there is no such order, and the last one found comes first.</summary>
internal sealed class RebuildOrder(int count)
{
    private readonly int[] _first = new int[count + 1]; // for each object, which of the references is its first
    private readonly List<int> _references = [];

    /// <summary>The references that are added from here on are those of this object. In the order of the objects.</summary>
    internal void Begin(int at) => _first[at] = _references.Count;

    internal void Add(ulong id) => _references.Add((int)id - 1);

    /// <summary>For each object its place in the order.</summary>
    internal int[] Ranks()
    {
        _first[count] = _references.Count;
        var ranks = new int[count];
        var next = _first.ToArray();
        var (seen, rank) = (new bool[count], 0);
        var path = new Stack<int>();
        for (var root = 0; root < count; root++)
        {
            if (!seen[root])
            {
                seen[root] = true;
                path.Push(root);
            }

            while (path.TryPeek(out var at))
            {
                if (next[at] == _first[at + 1])
                {
                    ranks[at] = rank++;
                    path.Pop();
                }
                else if (_references[next[at]++] is var to && !seen[to])
                {
                    seen[to] = true;
                    path.Push(to);
                }
            }
        }

        return ranks;
    }
}
