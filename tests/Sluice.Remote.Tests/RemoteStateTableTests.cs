using static Sluice.Tests.StateTable;

namespace Sluice.Tests;

/// <summary>The tables of transitions that stand beside the states of parts elsewhere are those that the code holds.</summary>
public sealed class RemoteStateTableTests
{
    [Fact]
    public void The_table_beside_the_states_of_a_segment_elsewhere_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<RemoteSegmentState>(RemoteSegmentTransitions.MayMove), Written<RemoteSegmentState>("src", "Sluice.Remote", "Segments", "RemoteSegmentState.cs"));

    [Fact]
    public void The_table_beside_the_states_of_a_hosted_segment_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<HostedSegmentState>(HostedSegmentTransitions.MayMove), Written<HostedSegmentState>("src", "Sluice.Remote", "Segments", "HostedSegmentState.cs"));

    [Fact]
    public void The_table_beside_the_states_of_a_readers_spare_is_the_one_that_is_asserted() =>
        Assert.Equal(Held<SpareState>(SpareTransitions.MayMove), Written<SpareState>("src", "Sluice.Remote", "Wire", "SpareState.cs"));
}
