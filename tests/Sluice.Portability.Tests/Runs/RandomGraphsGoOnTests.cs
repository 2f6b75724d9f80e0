using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>Rule 13: random pipelines are cut at a mark at a random item, and go on in a fresh run; what comes out of both is what the model in LINQ says. More cases than by default:
/// <c>SLUICE_GRAPH_CASES=10000</c>; one case again, as often: <c>SLUICE_GRAPH_SEED=</c> the seed that a failure shows.</summary>
[Trait("Configuration", "Release")]
public sealed class RandomGraphsGoOnTests
{
    private const int DefaultCases = 1_000;

    [Fact]
    public async Task Any_pipeline_that_is_cut_at_a_mark_goes_on_and_loses_and_doubles_nothing()
    {
        var passed = 0;
        await Task.Factory.StartNew(CheckAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // each case's wait is bounded

        void CheckAll()
        {
            var cases = Number("SLUICE_GRAPH_CASES") ?? DefaultCases;
            if (Number("SLUICE_GRAPH_SEED") is { } seed)
            {
                for (var i = 0; i < cases; i++)
                {
                    RandomGraph.Marked(seed).CheckMarked();
                }

                return;
            }

            Seed.Check(cases, Prop.ForAll(Gen.Choose(0, int.MaxValue).Select(RandomGraph.Marked).ToArbitrary(), graph =>
            {
                passed += graph.CheckMarked() ? 1 : 0;
                return true;
            }));
            Assert.InRange(passed, cases / 5, cases); // else it tests too little
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
