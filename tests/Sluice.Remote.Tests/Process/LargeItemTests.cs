namespace Sluice.Tests;

/// <summary>Items at the limit of what may cross to a worker process and back.</summary>
[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class LargeItemTests
{
    private const int Limit = 100_000;

    [Theory]
    [InlineData(Limit, 10)]
    [InlineData(10, Limit)]
    public async Task An_item_beyond_the_limit_fails_the_run_and_names_the_option_whichever_way_it_goes(int there, int back)
    {
        var run = Lengths(there, back, Limit);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains($"at most {Limit} may cross (MaxFrameSize", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_below_the_limit_cross() =>
        Assert.Equal((Limit - 2000, Limit - 1000), await Wait.For(Lengths(Limit - 2000, Limit - 1000, Limit)));

    [Fact]
    public async Task A_higher_limit_lets_more_than_the_usual_cross_both_ways() =>
        Assert.Equal((130 << 20, 130 << 20), await Wait.For(Lengths(130 << 20, 130 << 20, 140 << 20)));

    /// <summary>The number of bytes that came there, and how many came back.</summary>
    private static async Task<(int There, int Back)> Lengths(int there, int back, int limit)
    {
        var options = new ProcessOptions { StartupTimeout = Wait.Limit, MaxFrameSize = limit };
        var found = await Source.From([(Bytes: new byte[there], Wanted: back)]).On(Env.Process(options)).Select(static item => (Came: item.Bytes.Length, Bytes: new byte[item.Wanted]))
            .On(Env.Caller).To(Sink.ToList<(int Came, byte[] Bytes)>()).RunAsync();
        return (found[0].Came, found[0].Bytes.Length);
    }
}
