using static Sluice.Tests.Blocks;

namespace Sluice.Tests;

/// <summary>The end of the input in the middle, for stages that are put together by hand.</summary>
public sealed class IncompleteInputByHandTests
{
    private static readonly string[] s_whole = ["begin", "3", "4", "end", "begin", "5", "end"];

    private readonly List<string> _notes = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_hand_a_close_is_quiet_unless_it_says_that_it_is_the_whole_input(bool waits)
    {
        var target = Target.Start<string>(async lines =>
        {
            await lines.ReceiveAsync();
            try
            {
                await ReadBlock(lines);
            }
            finally
            {
                if (waits)
                {
                    await Task.Yield();
                }

                _notes.Add("finally");
            }
        }, "block");
        await target.SendAsync("begin");
        await target.SendAsync("1");
        await Wait.For(target.CloseAsync());
        await Wait.For(target.Completion);
        Assert.Equal((CoroutineStatus.Completed, "finally"), (target.Status, Assert.Single(_notes)));

        var other = Target.Start<string>(async lines =>
        {
            await lines.ReceiveAsync();
            try
            {
                await ReadBlock(lines);
            }
            finally
            {
                if (waits)
                {
                    await Task.Yield();
                }
            }
        }, "block");
        await other.SendAsync("begin");
        var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(other.CloseAsync(IncompleteInput.Fail)));
        Assert.Equal("block", error.StageName);
        Assert.EndsWith(" > ReadBlock", error.DelegationPath, StringComparison.Ordinal);
        Assert.Same(error, await Assert.ThrowsAsync<IncompleteInputException>(() => other.Completion));
    }

    [Fact]
    public async Task By_hand_the_whole_input_may_end_between_records_and_the_first_close_counts()
    {
        var sums = new List<int>();
        await using var next = Target.Start<int>(items => Stages.Collect(items, sums));
        var whole = Target.Start<string>(lines => Sums(lines, next));
        foreach (var line in s_whole)
        {
            await whole.SendAsync(line);
        }

        await Wait.For(whole.CloseAsync(IncompleteInput.Fail));
        Assert.Equal([7, 5], sums);

        var cut = Target.Start<string>(lines => Sums(lines, next));
        await cut.SendAsync("begin");
        await Wait.For(cut.CloseAsync(IncompleteInput.End));
        await Wait.For(cut.CloseAsync(IncompleteInput.Fail));
        Assert.Equal(CoroutineStatus.Completed, cut.Status);
        Assert.Throws<ArgumentOutOfRangeException>("incompleteInput", () => { _ = cut.CloseAsync((IncompleteInput)9).AsTask(); });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stages_by_hand_close_one_another_though_the_first_ends_by_its_own_receive(bool isWhole)
    {
        var seen = new List<int>();
        var next = Target.Start<int>(items => Stages.Collect(items, seen));
        var stages = (Stage.Create<string, int>(Sums) | Stage.Create<int, int>(LastIsMinusOne)).Start(next);
        foreach (var line in s_whole)
        {
            await stages.SendAsync(line);
        }

        await Wait.For(stages.CloseAsync(isWhole ? IncompleteInput.Fail : IncompleteInput.End));

        Assert.Equal([7, 5, -1], seen);
        Assert.Equal(CoroutineStatus.Completed, stages.Status);
    }

    [Fact]
    public async Task Stages_by_hand_are_closed_alike()
    {
        foreach (var first in (Stage<string, string>[])[Stage.Create<string, string>(Stages.Pass), Stage.Where<string>(_ => true), Stage.Broadcast(Stage.Create<string, string>(Stages.Pass))])
        {
            var next = Target.Start<int>(Stages.Drain);
            var stages = (first | Stage.Create<string, int>(Sums)).Start(next);
            await stages.SendAsync("begin");

            var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(stages.CloseAsync(IncompleteInput.Fail)));
            Assert.Equal("Sums > ReadBlock", error.DelegationPath);

            var quiet = (first | Stage.Create<string, int>(Sums)).Start(next);
            await quiet.SendAsync("begin");
            await Wait.For(quiet.CloseAsync());
        }
    }
}
