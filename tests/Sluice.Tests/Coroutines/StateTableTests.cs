using System.Text.RegularExpressions;

namespace Sluice.Tests;

/// <summary>The tables of transitions that stand beside the states are those that the code holds.</summary>
public sealed partial class StateTableTests
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
    public void The_table_beside_the_states_of_a_segment_elsewhere_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<RemoteSegmentState>(RemoteSegmentTransitions.MayMove), Written<RemoteSegmentState>("src", "Sluice.Remote", "Segments", "RemoteSegmentState.cs"));

    [Fact]
    public void The_table_beside_the_states_of_a_hosted_segment_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<HostedSegmentState>(HostedSegmentTransitions.MayMove), Written<HostedSegmentState>("src", "Sluice.Remote", "Segments", "HostedSegmentState.cs"));

    [Fact]
    public void The_table_beside_the_states_of_a_readers_spare_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<SpareState>(SpareTransitions.MayMove), Written<SpareState>("src", "Sluice.Remote", "Wire", "SpareState.cs"));

    [Fact]
    public void A_run_never_goes_back() =>
        Assert.All(Pairs<RunState>(), static pair => Assert.True(pair.To > pair.From || !Run.MayMove(pair.From, pair.To), $"{pair.From} to {pair.To}"));

    private static IEnumerable<string> Held<TState>(Func<TState, TState, bool> mayMove)
        where TState : struct, Enum =>
        Pairs<TState>().Where(pair => mayMove(pair.From, pair.To)).Select(static pair => $"{pair.From} to {pair.To}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Written<TState>(params string[] file)
        where TState : struct, Enum =>
        (from row in Row().Matches(File.ReadAllText(Repository.PathOf(file)))
         where Enum.TryParse<TState>(row.Groups[1].Value, out _) && Enum.TryParse<TState>(row.Groups[2].Value, out _)
         select $"{row.Groups[1].Value} to {row.Groups[2].Value}").Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<(TState From, TState To)> Pairs<TState>()
        where TState : struct, Enum =>
        from one in Enum.GetValues<TState>()
        from other in Enum.GetValues<TState>()
        select (one, other);

    [GeneratedRegex(@"^/// (\w+) +(\w+)  +\S", RegexOptions.Multiline)]
    private static partial Regex Row();
}
