namespace Sluice;

/// <content>The stages of a pool that keeps the order: those that are connected within the pool are a chain, which has its turns for itself.</content>
internal sealed partial class SegmentPlan
{
    /// <summary>For each node of the pipeline the number of its chain; null if it is in none, or if nothing goes out of that: then there is no order to keep.</summary>
    private int?[] _chains = [];

    private void FindChains(PipelineGraph graph)
    {
        int[] chains = [.. Enumerable.Range(0, _pools.Length)];
        foreach (var edge in graph.Edges)
        {
            if (PoolIfOrdered(edge.From) is { } pool && pool == _pools[edge.To.Index])
            {
                Unite(chains, edge.From.Index, edge.To.Index);
            }
        }

        var inputs = graph.Edges.Where(edge => PoolIfOrdered(edge.To) is { } pool && pool != _pools[edge.From.Index]).ToLookup(edge => chains[edge.To.Index]);
        var leaving = graph.Edges.Where(edge => PoolIfOrdered(edge.From) is { } pool && pool != _pools[edge.To.Index]).Select(edge => chains[edge.From.Index]).ToHashSet();
        foreach (var chain in leaving.Where(chain => inputs[chain].Skip(1).Any()))
        {
            var (first, second) = (inputs[chain].First(), inputs[chain].Skip(1).First());
            throw new InvalidOperationException(
                $"The stages in {_pools[first.To.Index]} take items from '{first.From.Name}' and from '{second.From.Name}', and could not keep the order of both: give Env.Threads 'ordered: false', or bring them together before it.");
        }

        _chains = [.. chains.Select((chain, node) => leaving.Contains(chain) && PoolIfOrdered(graph.Nodes[node]) is not null ? chain : (int?)null)];
    }

    private PoolEnv? PoolIfOrdered(GraphNode node) => _pools[node.Index] is { KeepsOrder: true } pool ? pool : null;

    private static void Unite(int[] chains, int one, int other)
    {
        var (kept, gone) = (chains[one], chains[other]);
        for (var i = 0; i < chains.Length; i++)
        {
            chains[i] = chains[i] == gone ? kept : chains[i];
        }
    }
}
