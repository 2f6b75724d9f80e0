using System.Globalization;

namespace Sluice;

/// <summary>The parts of the nodes in the pools of a run, compared with stored states: state belongs to its part.</summary>
internal static class PlaceOfStates
{
    /// <summary>Refuses states that would be lost.</summary>
    /// <exception cref="InvalidOperationException">A node has another number of parts than its state, or there is no node for a state.</exception>
    internal static void Check(PipelineGraph graph, RunOptions options, IEnumerable<StateKey> stored)
    {
        var now = SegmentPlan.Of(graph, options.Placement).SelectMany(static segment => segment.Graph.Nodes.Where(static node => node.Spec.HasState)).CountBy(static node => node.Name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        foreach (var (node, parts) in stored.CountBy(static key => key.Node, StringComparer.Ordinal).OrderBy(node => !now.ContainsKey(node.Key))) // what the user has named comes first
        {
            if (!now.TryGetValue(node, out var count))
            {
                throw new InvalidOperationException($"The checkpoint has the state of '{node}', which shares items out in a pool or brings them together, and this run has no such node: its pools are others. Give it the pools that the job was stored with, let the state go with JobOptions.Forget, "
                    + "or start the job under another name.");
            }

            if (count != parts)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"'{node}' was stored in {parts} parts, and runs in {count} now. State belongs to its part: run it in a pool of {parts} again, or start the job under another name."));
            }
        }
    }
}
