namespace Sluice.Tests.Portability;

/// <summary>A coroutine goes on from a snapshot as it would have without.</summary>
public sealed class CaptureAndResumeTests
{
    private readonly List<string> _log = [];

    [Fact]
    public async Task Three_nested_coroutines_inside_a_finally_inside_a_loop_go_on_where_they_were()
    {
        var target = Target.Start<int, string>(Outer);
        await target.SendAsync(1);
        await target.SendAsync(2);
        await target.SendAsync(3);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.SendAsync(4);
        await copy.CloseAsync();
        Assert.Equal("[1:(2|3,4)f]", await Wait.For(copy.Completion));
        await target.SendAsync(40);
        await target.CloseAsync();
        Assert.Equal("[1:(2|3,40)f]", await Wait.For(target.Completion));
    }

    [Fact]
    public async Task Every_kind_of_value_comes_back()
    {
        var target = Target.Start<int, string>(Values);
        await target.SendAsync(1);

        var copy = Copies.Of(await target.SnapshotAsync()).Resume<int, string>();

        await copy.CloseAsync();
        await target.CloseAsync();
        Assert.Equal(await target.Completion, await copy.Completion);
        Assert.Contains("fun 42", await copy.Completion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_of_coroutines_that_share_a_target_comes_back_whole()
    {
        var log = _log;
        var options = new SnapshotOptions { Outside = { ["log"] = log } };
        var sink = Target.Start<string>(items => Print(items, log), "printer");
        var left = Target.Start<int>(items => Tell(items, sink, "left"));
        var right = Target.Start<int>(items => Tell(items, sink, "right"));
        var head = Target.Start<int>(items => Split(items, left, right));
        await head.SendAsync(1);

        var copied = new List<string>();
        var copy = Copies.Of(await head.SnapshotAsync(options), new SnapshotOptions { Outside = { ["log"] = copied } }).Resume<int>();

        await copy.SendAsync(2);
        await copy.SendAsync(3);
        Assert.Equal(["1: right 1"], log);
        Assert.Equal(["2: left 2", "3: right 3"], copied);
    }

    [Fact]
    public async Task A_moved_coroutine_is_dead_where_it_was_and_its_finally_does_not_run_there()
    {
        var log = _log;
        var options = new SnapshotOptions { Outside = { ["log"] = log } };
        var target = Target.Start<int>(items => Guarded(items, log));
        await target.SendAsync(1);

        var snapshot = Copies.Of(await target.MoveAsync(options), options);

        Assert.Equal(CoroutineStatus.Moved, target.Status);
        await Assert.ThrowsAsync<TargetClosedException>(() => target.SendAsync(2).AsTask());
        Assert.Empty(log);
        await snapshot.Resume<int>().CloseAsync();
        Assert.Equal(["finally 1"], log);
    }

    [Fact]
    public async Task Closures_that_differ_in_their_number_only_are_told_apart()
    {
        var first = Target.Start<int, string>(First);
        var second = Target.Start<int, string>(Second);
        await first.SendAsync(1);
        await second.SendAsync(2);

        var (one, two) = (Copies.Of(await first.SnapshotAsync()).Resume<int, string>(), Copies.Of(await second.SnapshotAsync()).Resume<int, string>());

        await one.CloseAsync();
        await two.CloseAsync();
        Assert.Equal("1 1", await one.Completion);
        Assert.Equal("2 2", await two.Completion);
    }

    private static async Coroutine<string> First(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            var kept = item;
            Func<int> both = () => sum + kept;
            sum += item;
            if (await items.TryReceiveAsync(Timeout.InfiniteTimeSpan) is { IsClosed: true })
            {
                return $"{sum} {both() - sum}";
            }
        }

        return "";
    }

    private static async Coroutine<string> Second(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            var kept = item;
            Func<int> both = () => sum + kept;
            sum += item;
            if (await items.TryReceiveAsync(Timeout.InfiniteTimeSpan) is { IsClosed: true })
            {
                return $"{sum} {both() - sum}";
            }
        }

        return "";
    }

    private static async Coroutine<string> Outer(Inbox<int> items)
    {
        var text = "[";
        await foreach (var item in items)
        {
            text += item + ":" + await Middle(items);
        }

        return text + "]";
    }

    private static async Coroutine<string> Middle(Inbox<int> items)
    {
        var text = "";
        try
        {
            text = "(" + await items.ReceiveAsync() + "|";
            text += string.Join(',', await Inner(items, [])) + ")";
        }
        finally
        {
            text += "f";
        }

        return text;
    }

    private static async Coroutine<List<int>> Inner(Inbox<int> items, List<int> seen)
    {
        try
        {
            await foreach (var item in items)
            {
                seen.Add(item);
            }
        }
        finally
        {
            seen.TrimExcess();
        }

        return seen;
    }

    private static async Coroutine<string> Values(Inbox<int> items)
    {
        var day = new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc);
        var price = 12.50m;
        var id = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        int? some = 5;
        int? none = null;
        var pair = (Name: "ä€", Value: 1.5);
        var numbers = new[] { 1, -2, int.MaxValue, int.MinValue };
        var words = new Dictionary<string, List<int>>(StringComparer.OrdinalIgnoreCase) { ["A"] = [1], ["b"] = [2, 3] };
        var set = new HashSet<(int, string)> { (1, "x") };
        var record = new Bus("22", new Bus("23", null));
        var grid = new[,] { { 1L, 2L }, { 3L, 4L } };
        object boxed = DayOfWeek.Friday;
        var factor = 21;
        Func<int, int> twice = number => number * factor;
        await foreach (var _ in items)
        {
        }

        return $"{day:O} {price} {id} {some} {none} {pair} {string.Join(' ', numbers)} {words["a"][0]} {words["B"][1]} {set.Contains((1, "x"))} {record} {grid[1, 0]} {boxed} fun {twice(2)}";
    }

    private static async Coroutine Split(Inbox<int> items, Target<int> even, Target<int> odd)
    {
        await foreach (var item in items)
        {
            await (item % 2 == 0 ? even : odd).SendAsync(item);
        }
    }

    private static async Coroutine Tell(Inbox<int> items, Target<string> next, string name)
    {
        await foreach (var item in items)
        {
            await next.SendAsync($"{name} {item}");
        }
    }

    private static async Coroutine Print(Inbox<string> items, List<string> log)
    {
        var count = 0;
        await foreach (var item in items)
        {
            log.Add($"{++count}: {item}");
        }
    }

    private static async Coroutine Guarded(Inbox<int> items, List<string> log)
    {
        var count = 0;
        try
        {
            await foreach (var _ in items)
            {
                count++;
            }
        }
        finally
        {
            log.Add($"finally {count}");
        }
    }

    private sealed record Bus(string Route, Bus? Next);
}
