namespace Sluice.Tests;

/// <summary>States of nodes as text, without their run: no stage needs more than its state for that.</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
[Trait("Configuration", "Release")]
public sealed class NodeStateTextTests
{
    public static TheoryData<string> Stages => CutStages.Names;

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task Each_state_of_each_node_is_described(string stage)
    {
        var described = 0;
        foreach (var at in (int[])[3, 14, 30])
        {
            var (_, stored) = await MarkedRun.Run(CutStages.Apply(stage, Source.From(Enumerable.Range(0, 40).ToArray()).Select(MarkedRun.Count)).To(Sink.ToList<int>()), null, at, endsAtMark: true);
            foreach (var (node, state) in stored ?? [])
            {
                var text = Describe(state);
                Assert.True(text is ['a', 't', ' ', ..] or "has ended\n" or "has not begun\n" or "stands somewhere\n", $"{node}: {text}");
                described++;
            }
        }

        Assert.InRange(described, 3, int.MaxValue);
    }

    [Fact]
    public async Task Each_key_has_the_coroutines_of_its_stages()
    {
        var (_, stored) = await MarkedRun.Run(CutStages.Apply("ForEachKey of two stages", Source.From(Enumerable.Range(0, 40).ToArray()).Select(MarkedRun.Count)).To(Sink.ToList<int>()), null, 14, endsAtMark: true);
        var state = stored!.Single(static state => state.Key.Node.StartsWith("ForEachKey", StringComparison.Ordinal)).Value;

        var all = Describe(state)!;
        var one = Describe(state, "1")!;

        Assert.Equal(["0", "1", "2"], all.Split('\n').Where(static line => line.StartsWith("key ", StringComparison.Ordinal)).Select(static line => line[4..5]).Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(one.Split('\n').Count(static line => line.StartsWith("key 1: ", StringComparison.Ordinal)), 2, 10); // the two stages, and coroutines that they wait for
        Assert.DoesNotContain("key 0: ", one, StringComparison.Ordinal);
        Assert.Null(Describe(state, "3"));
    }

    [Fact]
    public void A_damaged_state_is_refused() => Assert.All((byte[][])[[], [0], [8], [4], [5, 0], [4, 0, 0, 0, 0, 9], [2, (byte)'S', (byte)'L', (byte)'S', (byte)'N']],
        static state => Assert.Throws<SnapshotException>(() => NodeStateText.Of(state, SnapshotOptions.Default, static (position, options) => NodeStateText.TryDescribeValue(position, options)!, null)));

    private static string? Describe(byte[] state, string? key = null) => NodeStateText.Of(state, SnapshotOptions.Default, static (_, _) => "somewhere", key);
}
