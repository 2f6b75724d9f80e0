using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Sends that wait, in runs that count on a clock of the test.</summary>
internal static class BlockedSends
{
    /// <summary>Waits until a send of the node waits: a stage that says that it has an item goes on to its own wait only after that.</summary>
    /// <returns>How long the node's sends have waited until now.</returns>
    internal static async Task<TimeSpan> SeenBlocked(this PipelineRun run, int node, FakeTimeProvider clock)
    {
        await Wait.Until(
            () =>
            {
                clock.Advance(TimeSpan.FromTicks(1));
                return run.Nodes[node].Blocked > TimeSpan.Zero;
            },
            $"a send of node {node} to wait");
        return run.Nodes[node].Blocked;
    }
}
