using System.Reflection;

namespace Sluice.Tests;

/// <summary>Each kind of node is in a table of those whose runs are cut at marks and go on, or in a list here that says why not. So none is forgotten.</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class NodeKindsTests
{
    private const string ActsOutside = "acts outside of the run at least once, and keeps nothing between two items";
    private const string RefusedByName = "runs sources of its own, whose state is not kept: the first checkpoint fails by name";
    private const string BetweenPlaces = "leads from one place to another: the theories of RunsGoOnTests and PoolsGoOnTests that have several places";
    private const string InTime = "waits for time: TimeInRunsTests";
    private const string PartOfANode = "is a part of a node that is in the tables";

    /// <summary>By the name of the method, or of the class.</summary>
    private static readonly Dictionary<string, string> s_elsewhere = new()
    {
        ["AddAll"] = "is a sink that takes part in checkpoints: tests of outputs of jobs",
        ["BrokenOperator"] = "stands for an operator that could not be made, so the run has failed",
        ["DelayFrom"] = InTime,
        ["DoForEach"] = ActsOutside,
        ["JoinNext"] = PartOfANode,
        ["Offer"] = "gives its items to the caller, who asks for them one by one: there is no run to go on",
        ["Pass"] = RefusedByName,
        ["Publish"] = RefusedByName,
        ["Run"] = PartOfANode,
        ["RunAndClose"] = PartOfANode,
        ["SampleFrom"] = InTime,
        ["SelectManyFrom"] = RefusedByName, // the one of sources
        ["SendOn"] = BetweenPlaces,
        ["ShareOut"] = BetweenPlaces,
        ["SwitchFrom"] = RefusedByName,
        ["TurnEnd"] = BetweenPlaces,
        ["WindowsOfKey"] = PartOfANode,
        ["WriteTo"] = ActsOutside,
        ["WriteToBlock"] = ActsOutside,
        ["WriteToChannel"] = ActsOutside,
        ["WriteToFile"] = "writes to a file of its own without a job; with one it is AddAll",
        ["WriteToStandardOutput"] = ActsOutside,
        ["WriteToStream"] = ActsOutside,
    };

    /// <summary>The methods that make sources.</summary>
    private static readonly Dictionary<string, string> s_sources = new()
    {
        ["Bytes"] = "SourcePositionTests, of a path",
        ["Create"] = "has no position: refused by name before anything starts",
        ["FanIn"] = "joins sources: the table of stages has Zip, Concat, MergeBy and Join",
        ["From"] = "each run here, of an array or a list; others have no position",
        ["Interval"] = "SourcePositionTests",
        ["Lines"] = "JobTests, and FollowedLinesJobTests",
        ["Merge"] = "joins sources: PoolsGoOnTests",
        ["Resumable"] = "ResumableSourceTests",
        ["StandardInput"] = "has no position: refused by name before anything starts",
    };

    [Fact]
    public async Task Each_kind_of_node_is_in_a_table_of_runs_that_go_on()
    {
        MarkedRun.Current = MarkedRun.Unmarked();
        var recorder = new KindRecorder();
        var options = new RunOptions { Starter = recorder };
        foreach (var name in CutStages.All)
        {
            await Wait.For(CutStages.Apply(name, Source.From(Enumerable.Range(0, 40).ToArray()).Select(MarkedRun.Count)).To(Sink.ToList<int>()).RunAsync(options), name);
        }

        foreach (var run in SinksGoOnTests.All.Concat(ParsersGoOnTests.All))
        {
            await Wait.For(run(options));
        }

        var others = NodeKinds.All.Except(recorder.Seen).ToLookup(NodeKinds.NameOf);
        var forgotten = others.Where(static kinds => !s_elsewhere.ContainsKey(kinds.Key)).SelectMany(static kinds => kinds).Select(static kind => $"{kind.DeclaringType}: {NodeKinds.NameOf(kind)}").Order().ToList();
        Assert.True(forgotten.Count == 0, $"No run with these is cut. Add them to CutStages, SinksGoOnTests or ParsersGoOnTests, or say here why not: {string.Join("; ", forgotten)}");
        Assert.All(s_elsewhere.Keys, name => Assert.True(others.Contains(name), $"'{name}' is in a table, or there is none."));
    }

    [Fact]
    public void Each_maker_of_sources_is_in_the_list() =>
        Assert.Equal(s_sources.Keys.Order(), typeof(Source).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(static method => method.Name).Distinct().Order());
}
