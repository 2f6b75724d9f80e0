namespace Sluice.Tests;

public sealed class Rule11MergeTests
{
    private static readonly string[] s_lines = ["python is here", "nothing", "ply and python", "swig", "ply"];

    private readonly List<string> _printed = [];
    private readonly List<string> _notes = [];

    private Sink<string> Printer => Sink.Create<string>(items => Stages.CollectNoting(items, _printed, "printer closed", _notes), "printer");

    [Fact]
    public async Task Rule_11_a_broadcast_to_three_filters_and_one_shared_printer_prints_everything_and_closes_it_once()
    {
        var printer = Printer;
        await Wait.For(Source.From(s_lines).Broadcast(
            Filter("python") | printer,
            Filter("ply") | printer,
            Filter("swig") | printer).RunAsync());

        Assert.Equal(["python is here", "ply and python", "ply and python", "swig", "ply"], _printed);
        Assert.Equal(["printer closed"], _notes);
    }

    [Fact]
    public async Task Rule_11_the_printer_stays_open_until_the_last_branch_has_ended()
    {
        var printer = Printer;
        var signal = new Signal();
        var late = Stage.Create<string, string>(async (items, next) =>
        {
            await foreach (var _ in items)
            {
            }

            _notes.Add("branch closed");
            await signal.Task;
            await next.SendAsync("late");
        });
        var run = Source.From(s_lines).Broadcast(Filter("swig") | printer, late | printer).RunAsync();
        Assert.Equal(["branch closed"], _notes);
        Assert.False(run.IsCompleted);

        signal.Set();
        await Wait.For(run);

        Assert.Equal(["swig", "late"], _printed);
        Assert.Equal(["branch closed", "printer closed"], _notes);
    }

    [Fact]
    public async Task Rule_11_a_branch_that_ends_early_leaves_the_shared_printer_open_for_the_others()
    {
        var printer = Printer;
        await Wait.For(Source.From(s_lines).Broadcast(Stage.Take<string>(1) | printer, Filter("ply") | printer).RunAsync());

        Assert.Equal(["python is here", "ply and python", "ply"], _printed);
        Assert.Equal(["printer closed"], _notes);
    }

    [Fact]
    public async Task Rule_11_a_broadcast_drops_the_branch_that_ended_and_goes_on_with_the_others()
    {
        var (two, all) = (new List<int>(), new List<int>());
        await Wait.For(Source.From([1, 2, 3, 4, 5]).Broadcast(
            Stage.Take<int>(2) | Sink.Create<int>(items => Stages.Collect(items, two)),
            Sink.Create<int>(items => Stages.Collect(items, all))).RunAsync());

        Assert.Equal([1, 2], two);
        Assert.Equal([1, 2, 3, 4, 5], all);
    }

    [Fact]
    public async Task Rule_11_a_broadcast_ends_with_its_last_branch_and_so_does_the_source()
    {
        var numbers = new Numbers();
        var (two, four) = (new List<int>(), new List<int>());
        await Wait.For(Source.From(numbers.Endless()).Broadcast(
            Stage.Take<int>(4) | Sink.Create<int>(items => Stages.Collect(items, four)),
            Stage.Take<int>(2) | Sink.Create<int>(items => Stages.Collect(items, two))).RunAsync());

        Assert.Equal([1, 2], two);
        Assert.Equal([1, 2, 3, 4], four);
        Assert.Equal((4, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task Rule_11_a_printer_that_ends_early_ends_all_its_branches()
    {
        var numbers = new Numbers();
        var printer = Sink.Create<int>(async items =>
        {
            _printed.Add($"{await items.ReceiveAsync()}");
            _printed.Add($"{await items.ReceiveAsync()}");
        });
        await Wait.For(Source.From(numbers.Endless()).Broadcast(
            Stage.Where<int>(x => x == 3) | printer,
            Stage.Where<int>(x => x == 4) | printer).RunAsync());

        Assert.Equal(["3", "4"], _printed);
        Assert.Equal(4, numbers.Produced);
    }

    [Fact]
    public async Task Rule_11_merged_items_keep_their_order_on_every_edge_when_the_receiver_waits()
    {
        var list = new List<int>();
        var merged = Sink.Create<int>(async items =>
        {
            await foreach (var item in items)
            {
                await Task.Yield();
                list.Add(item);
            }
        });
        await Wait.For(Source.From(Enumerable.Range(1, 500)).Broadcast(
            Stage.Select<int, int>(x => x) | merged,
            Stage.Create<int, int>(Stages.Pass) | Stage.Select<int, int>(x => -x) | merged).RunAsync());

        Assert.Equal(Enumerable.Range(1, 500), list.Where(x => x > 0));
        Assert.Equal(Enumerable.Range(1, 500).Select(x => -x), list.Where(x => x < 0));
    }

    private static Stage<string, string> Filter(string word) => Stage.Where<string>(line => line.Contains(word, StringComparison.Ordinal));
}
