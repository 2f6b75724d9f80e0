using Sluice.Tests.Model;
using Xunit.Abstractions;

namespace Sluice.Tests;

/// <summary>Rule 13 as an executable model: every interleaving of small graphs, every mark that can come, and from each whole mark every
/// way in which the run can go on. Nothing may stand still, and no item may be lost, repeated or on the wrong side of its mark.</summary>
[Trait("Configuration", "Release")] // what the compiler emits makes no difference to the model
public sealed class MarkModelTests(ITestOutputHelper output)
{
    private const int Inline = 0;
    private const int Ring = 1;

    private static readonly Dictionary<string, ModelGraph> s_graphs = new()
    {
        ["a chain"] = Of([S(2), N(ModelKind.Stage), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Inline)]),
        ["a chain over boundaries"] = Of([S(2), N(ModelKind.Stage), N(ModelKind.Sink)], [(0, 1, 0, Ring), (1, 2, 0, Ring)]),
        ["a stage that sends twice"] = Of([S(2), N(ModelKind.Twice), N(ModelKind.Sink)], [(0, 1, 0, Ring), (1, 2, 0, Ring)]),
        ["a buffer"] = Of([S(3), N(ModelKind.Buffer), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Inline)]),
        ["calls under way"] = Of([S(3), N(ModelKind.SelectAsync), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Ring)]),
        ["a loop"] = Of([S(1), N(ModelKind.Feedback), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Inline)]),
        ["a merge"] = Of([S(2), S(2), N(ModelKind.Stage), N(ModelKind.Sink)], [(0, 2, 0, Inline), (1, 2, 0, Inline), (2, 3, 0, Inline)]),
        ["a merge of boundaries"] = Of([S(2), S(1), N(ModelKind.Stage), N(ModelKind.Sink)], [(0, 2, 0, Ring), (1, 2, 0, Ring), (2, 3, 0, Ring)]),
        ["a merge with a source that has nothing"] = Of([S(2), S(0), N(ModelKind.Stage), N(ModelKind.Sink)], [(0, 2, 0, Inline), (1, 2, 0, Ring), (2, 3, 0, Inline)]),
        ["a zip"] = Of([S(2), S(2), N(ModelKind.Zip), N(ModelKind.Sink)], [(0, 2, 0, Inline), (1, 2, 1, Inline), (2, 3, 0, Inline)]),
        ["a zip of boundaries"] = Of([S(2), S(2), N(ModelKind.Zip), N(ModelKind.Sink)], [(0, 2, 0, Ring), (1, 2, 1, Ring), (2, 3, 0, Inline)]),
        ["a zip behind a stage that sends twice"] = Of([S(1), S(2), N(ModelKind.Twice), N(ModelKind.Zip), N(ModelKind.Sink)], [(0, 2, 0, Inline), (2, 3, 0, Inline), (1, 3, 1, Inline), (3, 4, 0, Inline)]),
        ["a zip of unequal lengths"] = Of([S(3), S(1), N(ModelKind.Zip), N(ModelKind.Sink)], [(0, 2, 0, Ring), (1, 2, 1, Ring), (2, 3, 0, Inline)]),
        ["a concat"] = Of([S(2), S(2), N(ModelKind.Concat), N(ModelKind.Sink)], [(0, 2, 0, Inline), (1, 2, 1, Inline), (2, 3, 0, Inline)]),
        ["a concat of boundaries"] = Of([S(2), S(2), N(ModelKind.Concat), N(ModelKind.Sink)], [(0, 2, 0, Ring), (1, 2, 1, Ring), (2, 3, 0, Ring)]),
        ["a merge by value"] = Of([S(2), S(2), N(ModelKind.MergeBy), N(ModelKind.Sink)], [(0, 2, 0, Inline), (1, 2, 1, Ring), (2, 3, 0, Inline)]),
        ["a diamond"] = Of([S(2), N(ModelKind.Stage), N(ModelKind.Stage), N(ModelKind.Stage), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Inline), (1, 3, 0, Inline), (2, 4, 0, Inline), (3, 4, 0, Inline)]),
        ["a diamond with a buffer"] = Of([S(2), N(ModelKind.Stage), N(ModelKind.Stage), N(ModelKind.Buffer), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Inline), (1, 3, 0, Inline), (2, 4, 0, Inline), (3, 4, 0, Inline)]),
        ["a diamond into a zip"] = Of([S(2), N(ModelKind.Stage), N(ModelKind.Stage), N(ModelKind.Stage), N(ModelKind.Zip), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Ring), (1, 3, 0, Ring), (2, 4, 0, Inline), (3, 4, 1, Inline), (4, 5, 0, Inline)]),
        ["an early end"] = Of([S(2), N(ModelKind.TakeOne), N(ModelKind.Sink)], [(0, 1, 0, Ring), (1, 2, 0, Ring)]),
        ["an early end behind a merge"] = Of([S(1), S(1), N(ModelKind.Stage), N(ModelKind.TakeOne), N(ModelKind.Sink)], [(0, 2, 0, Ring), (1, 2, 0, Inline), (2, 3, 0, Ring), (3, 4, 0, Inline)]),
        ["an early end of one branch"] = Of([S(2), N(ModelKind.Stage), N(ModelKind.TakeOne), N(ModelKind.Sink), N(ModelKind.Sink)], [(0, 1, 0, Inline), (1, 2, 0, Ring), (2, 3, 0, Inline), (1, 4, 0, Inline)]),
        ["a zip behind a zip"] = Of([S(1), S(1), S(1), N(ModelKind.Zip), N(ModelKind.Zip), N(ModelKind.Sink)], [(0, 3, 0, Inline), (1, 3, 1, Inline), (3, 4, 0, Ring), (2, 4, 1, Inline), (4, 5, 0, Inline)]),
    };

    public static TheoryData<string> Graphs => [.. s_graphs.Keys];

    /// <summary>All but the two whose moments with two marks and aborts are millions.</summary>
    public static TheoryData<string> GraphsForAborts => [.. s_graphs.Keys.Except(["a zip behind a zip", "a diamond into a zip"])];

    [Theory]
    [MemberData(nameof(Graphs))]
    public void Rule13_no_interleaving_of_a_mark_stands_still_or_cuts_wrongly(string graph)
    {
        var explorer = new ModelExplorer(s_graphs[graph], new());

        Assert.Null(explorer.FindFault());
        output.WriteLine($"{explorer.Seen}");
        Assert.True(explorer.Seen.Marks > 0);
    }

    [Theory]
    [MemberData(nameof(GraphsForAborts))]
    public void Rule13f_a_mark_may_be_given_up_at_any_moment_and_the_next_one_is_right(string graph)
    {
        var explorer = new ModelExplorer(s_graphs[graph], new() { Marks = 2, MayAbort = true });

        Assert.Null(explorer.FindFault());
        output.WriteLine($"{explorer.Seen}");
    }

    [Theory]
    [InlineData("a zip", "nothing can move")]
    [InlineData("a zip of boundaries", "nothing can move")]
    [InlineData("a concat", "nothing can move")]
    [InlineData("a merge by value", "nothing can move")]
    public void Hole1_without_rule_13c_a_node_that_chooses_its_inbox_waits_for_ever(string graph, string fault) =>
        Assert.Contains(fault, new ModelExplorer(s_graphs[graph], new() { Drains = false }).FindFault(), StringComparison.Ordinal);

    [Theory]
    [InlineData("a merge with a source that has nothing")]
    [InlineData("a concat")]
    public void Rule13d_an_edge_that_has_ended_has_to_count_as_marked(string graph) =>
        Assert.Contains("nothing can move", new ModelExplorer(s_graphs[graph], new() { EndCountsAsMark = false }).FindFault(), StringComparison.Ordinal);

    [Theory]
    [InlineData("a merge")]
    [InlineData("a diamond with a buffer")]
    public void Without_alignment_items_are_on_the_wrong_side(string graph) =>
        Assert.Contains("resumed, the run ends with", new ModelExplorer(s_graphs[graph], new() { Aligns = false }).FindFault(), StringComparison.Ordinal);

    [Theory]
    [InlineData("a merge", false, true)]
    [InlineData("a zip", false, true)]
    [InlineData("a merge of boundaries", true, false)]
    public void Hole15_an_abort_that_does_not_overtake_or_old_marks_that_count_do_harm(string graph, bool releases, bool looksAtNumbers) =>
        Assert.NotNull(new ModelExplorer(s_graphs[graph], new() { Marks = 2, MayAbort = true, AbortReleases = releases, LooksAtNumbers = looksAtNumbers }).FindFault());

    private static ModelNode S(int items) => new(ModelKind.Source, items);

    private static ModelNode N(ModelKind kind) => new(kind);

    private static ModelGraph Of(ModelNode[] nodes, (int From, int To, int Slot, int Capacity)[] edges) =>
        new(nodes, Array.ConvertAll(edges, static edge => new ModelEdge(edge.From, edge.To, edge.Slot, edge.Capacity)));
}
