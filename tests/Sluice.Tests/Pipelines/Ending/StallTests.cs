using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>A run that stands still describes itself truthfully.</summary>
public sealed class StallTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Signal _reached = new();
    private readonly Signal _io = new();

    [Fact]
    public async Task Blocked_counts_while_the_send_is_pending_and_goes_on_from_there()
    {
        var run = await StartAsync(Numbers.Select(x => x), isCounting: true);

        var before = await run.SeenBlocked(0, _clock);
        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(before + TimeSpan.FromSeconds(3), run.Nodes[0].Blocked);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(before + TimeSpan.FromSeconds(5), run.Nodes[0].Blocked);
        Assert.Contains("blocked 5 s", run.Describe(), StringComparison.Ordinal);

        _io.Set();
        await Wait.For(run.Completion);
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(before + TimeSpan.FromSeconds(5), run.Nodes[0].Blocked);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_says_what_has_not_taken_its_item_past_operators(bool isCounting) =>
        await AssertSays(Numbers.Select(x => x).Where(x => true), isCounting, "From: waits for 'slow' to take an item");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stage_says_what_has_not_taken_its_item(bool isCounting) =>
        await AssertSays(Numbers.Through<int>(Stages.Pass, "stage"), isCounting, "stage: waits for 'slow' to take an item");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_buffer_that_is_full_says_what_it_waits_for(bool isCounting) =>
        await AssertSays(Numbers.Buffer(1).Select(x => x), isCounting, "Buffer: waits for 'slow' to take an item");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_buffer_that_is_not_full_waits_for_an_item(bool isCounting) =>
        await AssertSays(Source.From(Endless(3)).Buffer(9), isCounting, "Buffer: waits for an item");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_balance_says_which_branches_it_waits_for(bool isCounting)
    {
        var run = await StartAsync(
            Numbers.Balance(Sink.Create<int>(Slow, "one"), Sink.Create<int>(Slow, "two")), isCounting);

        await AssertSays(run, "Balance: waits for 'one' to take an item");
        await AssertSays(run, "waits for 'two' to take an item");
        await EndAsync(run);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_before_another_place_says_that_the_edge_to_it_is_full(bool isCounting) =>
        await AssertSays(Numbers.On(Env.Thread(1)), isCounting, "From: waits for room on the edge to slow");

    private static Source<int> Numbers => Source.From(Enumerable.Range(1, 100));

    private async Task AssertSays(Source<int> source, bool isCounting, string text)
    {
        var run = await StartAsync(source, isCounting);
        await AssertSays(run, text);
        await EndAsync(run);
    }

    private static Task AssertSays(PipelineRun run, string text) =>
        Wait.Until(() => run.Describe().Contains(text, StringComparison.Ordinal), $"'{text}' in:\n{run.Describe()}");

    private Task<PipelineRun> StartAsync(Source<int> source, bool isCounting) => StartAsync(source.To(Slow, "slow"), isCounting);

    private async Task<PipelineRun> StartAsync(Pipeline pipeline, bool isCounting)
    {
        var run = await Wait.For(pipeline.StartAsync(new() { TimeProvider = _clock, CountItems = isCounting }));
        await Wait.For(_reached.Task);
        return run;
    }

    private async Task EndAsync(PipelineRun run)
    {
        _io.Set();
        await Wait.For(run.StopAsync(TimeSpan.Zero, Wait.Limit));
    }

    /// <summary>Waits at its first item, and the test lets it go on.</summary>
    private async Coroutine Slow(Inbox<int> items)
    {
        await foreach (var item in items)
        {
            _reached.TrySet();
            await _io.Task;
        }
    }

    private async IAsyncEnumerable<int> Endless(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }

        await _io.Task;
    }
}
