using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>State and results of what runs there, and what cannot go there.</summary>
public abstract partial class EnvironmentContract
{
    [Fact]
    public async Task A_part_there_runs_in_another_process_exactly_if_the_environment_says_so()
    {
        var ids = await ListOf(Back(There(Numbered(3)).Select(static _ => Environment.ProcessId)));
        Assert.Equal(_place.IsOtherProcess, ids.Distinct().Single() != Environment.ProcessId);
    }

    [Fact]
    public async Task Stages_there_keep_their_state_from_item_to_item()
    {
        var totals = await ListOf(Back(There(Numbered(1000)).Through<long>(Parts.Totals)));
        Assert.Equal([.. Enumerable.Range(0, 1000).Select(static i => i * (i + 1) / 2L), -1], totals);
    }

    [Fact]
    public async Task A_stage_there_may_delegate_to_a_coroutine_that_receives_for_it()
    {
        int[] items = [7, -1, 1, 2, 0, 8, -1, 0, -1, 3, 4, 5, 0, 9, -1, 6];
        List<int>[] expected = [[1, 2], [], [3, 4, 5]];
        var run = Back(There(Source.From(items)).Through<List<int>>(Parts.Sentences)).To(Sink.ToList<List<int>>()).RunAsync(new RunOptions { IncompleteInput = IncompleteInput.End });
        Assert.Equal(expected, await Wait.For(run));
    }

    [Fact]
    public async Task The_result_of_a_sink_there_is_the_runs()
    {
        Assert.Equal(10, await Wait.For(Last(There(Numbered(10))).To(Sink.Count<int>()).RunAsync()));
        Assert.Equal(["0", "1", "2"], await Wait.For(Last(There(Numbered(3)).Select(static item => $"{item}")).To(Sink.ToList<string>()).RunAsync()));
        Assert.Equal(new Dictionary<string, int> { ["a0"] = 0, ["a1"] = 1 }, await Wait.For(Last(There(Numbered(2))).To(Sink.ToDictionary<int, string, int>(static item => $"a{item}", static item => item)).RunAsync()));
        Assert.Equal(new Order(3, "x", [0, 1, 2]), await Wait.For(Last(There(Numbered(3))).To(static async items =>
        {
            var all = new List<int>();
            await Stages.Collect(items, all);
            return new Order(all.Count, "x", [.. all]);
        }).RunAsync()));
        Assert.Null(await Wait.For(Last(There(Numbered(3))).To(static async items =>
        {
            await Stages.Drain(items);
            return (Order?)null;
        }).RunAsync()));
    }

    [Fact]
    public async Task A_result_that_cannot_leave_its_process_is_an_error_that_names_its_type()
    {
        var run = Last(There(Numbered(3))).To(static async items =>
        {
            await Stages.Drain(items);
            return (object)File.OpenRead("/dev/null");
        }, "opener").RunAsync();

        if (!_place.IsRemote)
        {
            await ((FileStream)await Wait.For(run)).DisposeAsync();
            return;
        }

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Wait.For(run));
        Assert.Contains(nameof(FileStream), error.Message);
    }

    [Fact]
    public async Task A_stage_that_cannot_leave_its_process_is_an_error_that_names_stage_and_variable_before_anything_starts()
    {
        using var file = File.OpenRead("/dev/null");
        var numbers = new Numbers();
        var run = Last(There(Source.From(numbers.Endless())).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item + file.ReadByte());
            }
        }, "reader").Take(2)).To(Sink.ToList<int>()).RunAsync();

        if (!_place.IsRemote)
        {
            Assert.Equal([0, 1], await Wait.For(run));
            return;
        }

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Wait.For(run));
        Assert.Contains("'reader'", error.Message);
        Assert.Contains("file", error.Message);
        Assert.Contains(nameof(FileStream), error.Message);
        Assert.Equal(0, numbers.Produced);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_item_that_cannot_leave_its_process_is_an_error_that_names_its_type(bool isSentThere)
    {
        object[] items = [1, new StringReader("x"), 2];
        var run = isSentThere
            ? Last(There(Source.From(items))).To(Sink.Count<object>()).RunAsync()
            : Back(There(Numbered(3)).Select(static item => item == 1 ? new StringReader("x") : (object)item)).To(Sink.Count<object>()).RunAsync();

        if (!_place.IsRemote)
        {
            Assert.Equal(3, await Wait.For(run));
            return;
        }

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Wait.For(run));
        Assert.Contains(nameof(StringReader), error.Message);
    }

    [Fact]
    public async Task An_edge_of_items_that_cannot_leave_their_process_is_an_error_that_names_the_type_before_anything_starts()
    {
        var numbers = new Numbers();
        var run = Last(There(Source.From(numbers.Endless()).Select(static item => new StringReader("x"))).Take(3)).To(Sink.Count<StringReader>()).RunAsync();

        if (!_place.IsRemote)
        {
            Assert.Equal(3, await Wait.For(run));
            return;
        }

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Wait.For(run));
        Assert.Contains(nameof(StringReader), error.Message);
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal(0, numbers.Produced);
    }

    [Fact]
    public async Task What_a_stage_has_captured_is_a_copy_in_another_process_and_shared_in_this_one()
    {
        var seen = new List<int>();
        var run = Last(There(Numbered(3))).To(async items =>
        {
            await Stages.Collect(items, seen);
            return seen.Count;
        }).RunAsync();

        Assert.Equal(3, await Wait.For(run));
        Assert.Equal(_place.IsRemote ? 0 : 3, seen.Count);
    }
}
