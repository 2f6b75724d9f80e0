using System.Collections.Concurrent;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>Random pipelines against a model in LINQ: see <see cref="RandomGraph"/>. More cases than by default:
/// <c>SLUICE_GRAPH_CASES=1000000</c>; one case again, as often: <c>SLUICE_GRAPH_SEED=</c> the seed that a failure shows.</summary>
public sealed class RandomGraphTests
{
    private const int DefaultCases = 5_000;

    [Fact]
    public async Task Any_pipeline_ends_runs_every_finally_block_once_and_loses_and_doubles_nothing()
    {
        var unobserved = new ConcurrentQueue<Exception>();
        TaskScheduler.UnobservedTaskException += Note;
        await Task.Factory.StartNew(CheckAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // each case's wait is bounded
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= Note;

        Assert.Empty(unobserved);

        void Note(object? sender, UnobservedTaskExceptionEventArgs noted)
        {
            if (noted.Exception.InnerExceptions.Any(error => error is RandomGraph.PlannedException))
            {
                unobserved.Enqueue(noted.Exception); // others are of other tests
            }
        }
    }

    private static void CheckAll()
    {
        var cases = Number("SLUICE_GRAPH_CASES") ?? DefaultCases;
        if (Number("SLUICE_GRAPH_SEED") is { } seed)
        {
            for (var i = 0; i < cases; i++)
            {
                RandomGraph.FromSeed(seed).Check();
            }

            return;
        }

        var graphs = Gen.Choose(0, int.MaxValue).Select(RandomGraph.FromSeed).ToArbitrary();
        var property = Prop.ForAll(graphs, graph =>
        {
            graph.Check();
            return true;
        });
        Seed.Check(cases, property);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;
}
