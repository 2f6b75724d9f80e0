using static Sluice.Tests.StateTable;

namespace Sluice.Tests;

/// <summary>The tables of transitions that stand beside the states are those that the code holds.</summary>
public sealed class StateTableTests
{
    [Fact]
    public void The_table_beside_the_states_of_a_run_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<RunState>(Run.MayMove), Written<RunState>("src", "Sluice", "Pipelines", "Running", "RunState.cs"));

    [Fact]
    public void The_table_beside_the_states_of_a_port_is_the_one_that_is_asserted()
    {
        var ends = Enum.GetValues<PortState>().Where(static from => from != PortState.Ended).Select(static from => $"{from} to {PortState.Ended}");

        Assert.Equal(Held<PortState>(PortTransitions.MayMove), Written<PortState>("src", "Sluice", "Coroutines", "PortState.cs").Concat(ends).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_beside_the_states_of_a_node_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<NodeState>(Node.MayMove), Written<NodeState>("src", "Sluice", "Pipelines", "Running", "NodeState.cs"));

    [Fact]
    public void The_table_beside_the_states_of_a_source_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<SourceState>(SourceTransitions.MayMove), Written<SourceState>("src", "Sluice", "Pipelines", "Running", "SourceState.cs"));

    [Fact]
    public void The_tables_of_marks_at_sources_and_entries_are_those_that_are_asserted()
    {
        Assert.Equal(Held<SourceMarkState>(SourceMarkTransitions.MayMove), Written<SourceMarkState>("src", "Sluice", "Pipelines", "Running", "SourceMarkState.cs"));
        Assert.Equal(Held<EntryMarkState>(EntryMarkTransitions.MayMove), Written<EntryMarkState>("src", "Sluice", "Environments", "Boundaries", "EntryMarkState.cs"));
    }

    [Fact]
    public void Nodes_and_sources_never_go_back()
    {
        Assert.All(Pairs<NodeState>(), static pair => Assert.True(pair.To > pair.From || !Node.MayMove(pair.From, pair.To), $"{pair.From} to {pair.To}"));
        Assert.All(Pairs<SourceState>(), static pair => Assert.True(pair.To > pair.From || !SourceTransitions.MayMove(pair.From, pair.To), $"{pair.From} to {pair.To}"));
    }

    [Fact]
    public void A_run_never_goes_back() =>
        Assert.All(Pairs<RunState>(), static pair => Assert.True(pair.To > pair.From || !Run.MayMove(pair.From, pair.To), $"{pair.From} to {pair.To}"));
}
