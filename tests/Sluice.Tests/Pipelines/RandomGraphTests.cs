using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>Random pipelines against a model in LINQ: see <see cref="RandomGraph"/>. More cases than by default:
/// <c>SLUICE_GRAPH_CASES=1000000</c>; one case again: <c>SLUICE_GRAPH_SEED=</c> the seed that a failure shows.</summary>
public sealed class RandomGraphTests
{
    private const int DefaultCases = 10_000;

    [Fact]
    public async Task Any_pipeline_ends_runs_every_finally_block_once_and_loses_and_doubles_nothing()
    {
        if (Number("SLUICE_GRAPH_SEED") is { } seed)
        {
            RandomGraph.FromSeed(seed).Check();
            return;
        }

        var graphs = Gen.Choose(0, int.MaxValue).Select(RandomGraph.FromSeed).ToArbitrary();
        var property = Prop.ForAll(graphs, graph =>
        {
            graph.Check();
            return true;
        });
        var config = Config.QuickThrowOnFailure.WithMaxTest(Number("SLUICE_GRAPH_CASES") ?? DefaultCases);
        await Task.Factory.StartNew(() => Check.One(config, property), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // each case's wait is bounded
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
