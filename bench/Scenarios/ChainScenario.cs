using System.Globalization;

namespace Sluice.Bench;

/// <summary>Stages and operators in a row, against what else could pass items from one to the next.</summary>
internal static class ChainScenario
{
    private const int Items = 1_000_000;
    private const int FewerItems = 200_000; // for peers that take far longer; costs are for an item

    private const int Long = 16;
    private const int Short = 4;
    private const int Operators = 3;

    internal static void Run(Harness harness)
    {
        Harness.Table("chain: whole", "A million numbers from an iterator through a chain to a counter; the cost of the whole chain for an item.");
        foreach (var stages in (int[])[1, Short, Long])
        {
            harness.Compare(
                Invariant($"{stages} coroutine {(stages == 1 ? "stage" : "stages")}"), Side.Whole(Items, count => OurChains.Passing(stages, count)),
                "handler objects", Side.Whole(Items, count => PeerChains.PassingHandlers(stages, count)));
        }

        harness.Compare(
            "Where, Select, Where", Side.Whole(Items, static count => OurChains.Operating(Operators, count)),
            "System.Reactive", Side.Whole(Items, static count => PeerChains.OperatingRx(Operators, count)));

        Harness.Table("chain: for a stage", $"The same, but the cost of one pass-through stage: (chain of {Long} - chain of {Short}) / {Long - Short}, so that source and sink cancel out.");
        var stage = PassingSide(Items, OurChains.Passing);
        harness.Compare("coroutine stage", stage, "handler object", PassingSide(Items, PeerChains.PassingHandlers));
        harness.Compare("coroutine stage", stage, "System.Reactive Select", PassingSide(Items, PeerChains.PassingRx));
        harness.Compare("coroutine stage", stage, "bounded Channel, same thread, TryWrite and TryRead", PassingSide(FewerItems, PeerChains.PassingChannelTry), limit: 1 / 4.0);
        harness.Compare("coroutine stage", stage, "bounded Channel, same thread, WriteAsync and ReadAsync", PassingSide(FewerItems, PeerChains.PassingChannelAwait), limit: 1 / 4.0);
        harness.Compare("coroutine stage", stage, "bounded Channel between tasks", PassingSide(FewerItems, PeerChains.PassingChannelTasks));
        harness.Compare("coroutine stage", stage, "Dataflow TransformBlock", PassingSide(FewerItems, PeerChains.PassingDataflow), limit: 1 / 10.0);
        harness.Compare("coroutine stage", stage, "Dataflow TransformBlock, one at a time", PassingSide(FewerItems, PeerChains.PassingDataflowInTurn));
        harness.Compare("coroutine stage", stage, "async LINQ Select", PassingSide(FewerItems, PeerChains.PassingAsyncLinq), limit: 1 / 10.0);
        harness.Compare("coroutine stage", stage, "async LINQ Select with an async delegate", PassingSide(FewerItems, PeerChains.PassingAsyncLinqThatMayWait));
        harness.Compare("coroutine stage, four kinds in turn", PassingSide(Items, MixedStages.Coroutines), "handler object, four kinds in turn", PassingSide(Items, MixedStages.Handlers));

        Harness.Table("chain: for an operator", $"The cost of one operator whose delegate does next to nothing: (Where, Select, Where - no operator) / {Operators}. Everything passes, so that source and sink cancel out.");
        var operators = OperatingSide(Items, OurChains.Operating);
        harness.Compare("operator", operators, "handler object", OperatingSide(Items, PeerChains.OperatingHandlers));
        harness.Compare("operator", operators, "System.Reactive", OperatingSide(Items, PeerChains.OperatingRx), limit: 1);
        harness.Compare("operator", operators, "async LINQ", OperatingSide(FewerItems, PeerChains.OperatingAsyncLinq));
    }

    private static Side PassingSide(int items, Func<int, int, long> run) => Side.PerStage(items, run, Long, Short);

    private static Side OperatingSide(int items, Func<int, int, long> run) => Side.PerStage(items, run, Operators, 0);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
