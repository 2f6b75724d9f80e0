using System.Threading.Channels;
using static Sluice.Tests.Blocks;

namespace Sluice.Tests;

/// <summary>The end of the input in the middle: while a coroutine that the stage delegated to waits for more.</summary>
public sealed class IncompleteInputTests
{
    private static readonly string[] s_cut = ["begin", "3", "4", "end", "begin", "5"];
    private static readonly string[] s_whole = [.. s_cut, "end"];

    private readonly List<string> _notes = [];

    [Fact]
    public async Task Half_a_record_fails_the_run_which_says_which_coroutine_of_which_stage_waited_where()
    {
        var run = Source.From(s_cut).Through<int>(Sums, "sums").To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run));
        Assert.Equal(("sums", "Sums > ReadBlock"), (error.StageName, error.DelegationPath));
        Assert.Equal("sums", error.Data["Sluice.Stage"]);
        foreach (var part in (string[])["'sums'", "'ReadBlock' waited for more", "Sums > ReadBlock", "TryReceiveAsync", "IncompleteInput.End"])
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        var end = Assert.IsType<InboxClosedException>(error.InnerException);
        Assert.Equal("Sums > ReadBlock", end.DelegationPath);
        Assert.Contains(nameof(ReadBlock), end.StackTrace, StringComparison.Ordinal);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task Half_a_record_is_lost_quietly_if_the_run_says_so() =>
        Assert.Equal([7], await Wait.For(Source.From(s_cut).Through<int>(Sums).To(Sink.ToList<int>()).RunAsync(new RunOptions { IncompleteInput = IncompleteInput.End })));

    [Theory]
    [InlineData(IncompleteInput.Fail)]
    [InlineData(IncompleteInput.End)]
    public async Task An_end_between_records_is_one_whatever_the_run_says(IncompleteInput incompleteInput) =>
        Assert.Equal([7, 5], await Wait.For(Source.From(s_whole).Through<int>(Sums).To(Sink.ToList<int>()).RunAsync(new RunOptions { IncompleteInput = incompleteInput })));

    [Fact]
    public async Task The_one_that_waited_may_handle_the_end_in_three_ways()
    {
        Func<Inbox<string>, Target<int>, Coroutine>[] stages = [SumsWith(ReadBlockAndTry), SumsWith(ReadBlockInLoop), SumsWith(ReadBlockAndCatch)];
        foreach (var stage in stages)
        {
            Assert.Equal([7, -1], await Wait.For(Source.From(s_cut).Through(Stage.Create(stage)).To(Sink.ToList<int>()).RunAsync()));
        }
    }

    [Fact]
    public async Task A_stage_that_catches_the_end_of_its_child_is_not_in_the_middle()
    {
        var seen = await Wait.For(Source.From(s_cut).Through<int>(async (lines, next) =>
        {
            try
            {
                await Sums(lines, next);
            }
            catch (InboxClosedException end)
            {
                _notes.Add($"{end.DelegationPath}: {end.Message}");
                await next.SendAsync(-1);
            }
        }).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([7, -1], seen);
        Assert.StartsWith("Sums > ReadBlock: ", Assert.Single(_notes), StringComparison.Ordinal);
        Assert.Contains("come out of Sums > ReadBlock", _notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_caught_and_thrown_on_counts_as_before()
    {
        var run = Source.From(s_cut).Through<int>(async (lines, next) =>
        {
            try
            {
                await Sums(lines, next);
            }
            catch (InboxClosedException)
            {
                _notes.Add("caught");
                throw;
            }
        }, "sums").To(Sink.ToList<int>()).RunAsync();

        Assert.EndsWith(" > Sums > ReadBlock", (await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run))).DelegationPath, StringComparison.Ordinal);
        Assert.Equal(["caught"], _notes);
    }

    [Fact]
    public async Task A_loop_for_each_item_that_a_stage_delegates_to_ends_normally() =>
        Assert.Equal(6, await Wait.For(Source.From(s_cut).Through<string>(async (lines, next) => await Stages.Pass(lines, next)).To(Sink.Count<string>()).RunAsync()));

    [Fact]
    public async Task A_child_that_first_receives_behind_the_end_is_named_though_it_never_waited()
    {
        var run = Source.From(s_cut).Through<int>(async (lines, next) =>
        {
            await foreach (var _ in lines)
            {
            }

            await next.SendAsync(await ReadBlock(lines));
        }, "late").To(Sink.ToList<int>()).RunAsync();

        Assert.EndsWith(" > ReadBlock", (await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run))).DelegationPath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_of_a_thousand_coroutines_is_told_in_a_few_names()
    {
        var run = Source.From([1]).Through<int>(async (items, next) => await next.SendAsync(await Deep(items, 1000)), "deep").To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run));
        Assert.EndsWith(" > Deep > Deep > Deep > ... 994 more ... > Deep > Deep > Deep > Deep", error.DelegationPath, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sink_with_a_result_says_the_same()
    {
        var run = Source.From(s_cut).To(Sink.Create<string, int>(async lines =>
        {
            await lines.ReceiveAsync();
            var first = await ReadBlock(lines);
            await lines.ReceiveAsync();
            return first + await ReadBlock(lines);
        }, "sum")).RunAsync();

        Assert.Equal("sum", (await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run))).StageName);
    }

    [Fact]
    public async Task Each_of_several_inboxes_may_end_in_the_middle()
    {
        foreach (var isFirst in (bool[])[true, false])
        {
            var lines = Source.From(s_cut);
            var others = Source.From(s_whole);
            var run = Source.FanIn<string, string, int>(isFirst ? lines : others, isFirst ? others : lines, async (first, second, next) =>
            {
                await first.ReceiveAsync();
                await second.ReceiveAsync();
                await next.SendAsync(await ReadBlock(first) + await ReadBlock(second));
                await first.ReceiveAsync();
                await second.ReceiveAsync();
                await next.SendAsync(await ReadBlock(first) + await ReadBlock(second));
            }, "both").To(Sink.ToList<int>()).RunAsync();

            var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run));
            Assert.Equal("both", error.StageName);
            Assert.EndsWith(" > ReadBlock", error.DelegationPath, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(IncompleteInput.Fail)]
    [InlineData(IncompleteInput.End)]
    public async Task The_coroutine_of_a_key_may_be_in_the_middle(IncompleteInput incompleteInput)
    {
        var run = Source.From(["a begin", "b begin", "a 1", "b 2", "b end"])
            .ForEachKey<string, char, int>(line => line[0], (key, lines, next) => KeySums(lines, next))
            .To(Sink.ToList<int>()).RunAsync(new RunOptions { IncompleteInput = incompleteInput });

        if (incompleteInput == IncompleteInput.End)
        {
            Assert.Equal([2], await Wait.For(run));
            return;
        }

        var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run));
        Assert.Equal(("ForEachKey", "KeySums > ReadKeyBlock", 'a'), (error.StageName, error.DelegationPath, error.Data["Sluice.Key"]));
    }

    [Fact]
    public async Task A_key_that_is_closed_to_make_room_may_be_in_the_middle()
    {
        var run = Source.From(["a begin", "b begin"])
            .ForEachKey<string, char, int>(line => line[0], (key, lines, next) => KeySums(lines, next), new() { MaxKeys = 1 })
            .To(Sink.ToList<int>()).RunAsync();

        Assert.Equal('a', (await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run))).Data["Sluice.Key"]);
    }

    [Fact]
    public async Task A_stage_with_a_policy_fails_and_the_policy_is_not_asked()
    {
        foreach (var stage in (Stage<string, int>[])[Stage.Create<string, int>(Sums).OnError(ErrorPolicy.Skip), Stage.Create<string, int>(Sums).OnError(ErrorPolicy.Skip).OnError(ErrorPolicy.Skip, letter => _notes.Add(letter.Item))])
        {
            var error = await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(Source.From(s_cut).Through(stage).To(Sink.ToList<int>()).RunAsync()));
            Assert.Equal("Sums > ReadBlock", error.DelegationPath);
        }

        Assert.Empty(_notes);
        Assert.Equal([7], await Wait.For(Source.From(s_cut).Through(Stage.Create<string, int>(Sums).OnError(ErrorPolicy.Skip)).To(Sink.ToList<int>()).RunAsync(new RunOptions { IncompleteInput = IncompleteInput.End })));
    }

    [Fact]
    public async Task The_stage_of_a_loop_may_be_in_the_middle()
    {
        var run = Source.From(s_cut).Feedback<string, int>((lines, next, back) => Sums(lines, next), 1, OnFull.Fail).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal(("Feedback", "Sums > ReadBlock"), await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run)) is var error ? (error.StageName, error.DelegationPath) : default);
    }

    [Fact]
    public async Task A_stage_whose_results_no_one_takes_is_not_asked()
    {
        var seen = await Wait.For(Source.From(s_cut).Through<int>(async (lines, next) =>
        {
            try
            {
                await Sums(lines, next);
            }
            catch (TargetClosedException)
            {
                await ReadBlock(lines); // it goes on, though it was told
            }
        }).Take(1).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([7], seen);
    }

    [Fact]
    public async Task A_run_that_fails_has_that_failure_only()
    {
        var cause = new FormatException();
        var run = Source.From(s_cut.Append("bad").Select(line => line == "bad" ? throw cause : line)).Through<int>(async (lines, next) =>
        {
            try
            {
                await Sums(lines, next);
            }
            catch (FormatException)
            {
                await ReadBlock(lines);
            }
        }).To(Sink.ToList<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Same(cause, Assert.Single(run.Exception!.InnerExceptions));
    }

    [Fact]
    public async Task A_run_that_is_canceled_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var lines = Channel.CreateUnbounded<string>();
        Array.ForEach(s_cut, line => lines.Writer.TryWrite(line));
        var run = Source.From(lines.Reader).Through<int>(Sums).To(Sink.ToList<int>()).RunAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task To_stop_a_run_in_the_middle_of_a_record_loses_it_and_says_so()
    {
        var lines = Channel.CreateUnbounded<string>();
        Array.ForEach(s_cut, line => lines.Writer.TryWrite(line));
        await using var run = await Wait.For(Source.From(lines.Reader).Through<int>(Sums).To(Sink.ToList<int>()).StartAsync());

        await Assert.ThrowsAsync<IncompleteInputException>(() => Wait.For(run.StopAsync(Timeout.InfiniteTimeSpan)));
        Assert.True(run.Completion.IsFaulted);
    }

    [Fact]
    public void The_options_take_no_other_value()
    {
        Assert.Equal(IncompleteInput.Fail, new RunOptions().IncompleteInput);
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new RunOptions { IncompleteInput = (IncompleteInput)9 });
    }

    private static async Coroutine<int> Deep(Inbox<int> items, int depth) => depth == 0 ? await items.ReceiveAsync() + await items.ReceiveAsync() : await Deep(items, depth - 1);
}
