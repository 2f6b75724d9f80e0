using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using static Sluice.Tests.MarbleDiagram;

namespace Sluice.Tests;

/// <summary>The operators of all diagrams in <c>docs/operators.md</c>, and what the diagrams call.</summary>
internal sealed class MarbleDiagrams(TimeProvider clock)
{
    private readonly List<string> _seen = [];

    internal IReadOnlyList<MarbleDiagram> All =>
    [
        // One item at a time
        Of(source => source.Where(x => x != "b")),
        Of(source => source.Select(x => x + x)),
        Of(source => source.SelectMany(x => new[] { x, x + "!" })),
        Of(source => source.Tap(Log)),
        Of(source => source.Take(2)),
        Of(source => source.TakeWhile(x => x != "c")),
        Of(source => source.Skip(2)),
        Of(source => source.SkipWhile(x => x != "c")),
        Of(source => source.Scan("", (all, x) => all + x)),
        Of(source => source.Pairwise()),
        Of(source => source.Distinct()),
        Of(source => source.DistinctUntilChanged()),

        // Several items
        Of(source => source.Chunk(2)),
        Of(source => source.Chunk(3, TimeSpan.FromSeconds(5))),
        Of(source => source.Buffer(2, OnFull.DropOldest).SelectAsync(Work, degree: 1)),
        Of(source => source.SelectAsync(Work, degree: 2)),
        Of(source => source.SelectAsync(Work, degree: 2, ordered: false)),
        Of(source => source.SelectMany(x => Twice(x))),
        Of(source => source.SelectMany(x => Twice(x), degree: 2)),
        OfTwo((source, other) => source.Switch(x => other.Select(y => x + y))),
        Of(source => source.ForEachKey<string, string, string>(x => x, CountThem)),
        Of(source => source.ForEachKey<string, string, string>(x => x, CountThem, new() { IdleTimeout = TimeSpan.FromSeconds(5) })),
        Of(source => source.ForEachKey(x => x, Stage.Scan<string, int>(0, (n, x) => n + 1), (key, n) => key + n)),
        Of(source => source.Feedback<string, string>(CountDown, capacity: 1, OnFull.Fail)),

        // Time
        Of(source => source.Delay(TimeSpan.FromSeconds(3), capacity: 10)),
        Of(source => source.Debounce(TimeSpan.FromSeconds(3))),
        Of(source => source.Throttle(TimeSpan.FromSeconds(4))),
        Of(source => source.Sample(TimeSpan.FromSeconds(5))),
        Of(source => source.RateLimit(1, TimeSpan.FromSeconds(3))),
        Of(source => source.Timeout(TimeSpan.FromSeconds(4))),

        // Windows
        Of(source => source.SlidingWindow(3, 1)),
        Of(source => source.TumblingWindow(TimeSpan.FromSeconds(5))),
        Of(source => source.TumblingWindow(Time, TimeSpan.FromSeconds(3), allowedLateness: TimeSpan.FromSeconds(1))),
        Of(source => source.SlidingWindow(Time, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2))),
        Of(source => source.SessionWindow(Time, TimeSpan.FromSeconds(2))),
        Of(source => source.SessionWindow(new EventTime<string>(Time) { IdleClose = TimeSpan.FromSeconds(4) }, TimeSpan.FromSeconds(2))),
        Of(source => source.TumblingWindow(new EventTime<string>(Time).WithOrigins(Parity), TimeSpan.FromSeconds(3))),
        Of(source => source.ForEachKey(Parity, Stage.SessionWindow(new EventTime<string>(Time) { Scope = WatermarkScope.AllKeys }, TimeSpan.FromSeconds(3)), (key, window) => window)),

        // Lines
        Of(source => source.Select(Bytes).SplitLines()),
        Of(source => source.ParseJsonLines<int>()),
        Of(source => source.ToJsonLines()),

        // Errors
        Of(source => source.Select(Check)),
        Of(source => source.Through(Stage.Select<string, string>(Check).OnError(ErrorPolicy.Skip))),
        WithAside((source, aside) => source.Through(Stage.Select<string, string>(Check).OnError(ErrorPolicy.Skip, letter => aside(letter.Item)))),
        Of(source => source.Through(Stage.Select<string, string>(Flaky).OnError(ErrorPolicy.Retry(1, Backoff.Constant(TimeSpan.FromSeconds(3)))))),
        Of(source => source.Through(Stage.Scan<string, string>("", (all, x) => all + Check(x)).OnError(ErrorPolicy.Restart(1, skipItem: true)))),
        Of(source => source.SelectMany(x => Source.From(new[] { x, "x" }.Select(Flaky)).OnError(ErrorPolicy.Restart(1, Backoff.Constant(TimeSpan.FromSeconds(3)))))),

        // Several ways out
        ToTwo((source, first, second) => source.Broadcast(first, second)),
        ToTwo((source, first, second) => source.Broadcast(Stage.Take<string>(1) | first, second)),
        Of(source => source.Broadcast(Stage.Skip<string>(0), Stage.Select<string, string>(x => x + "!"))),
        ToTwo((source, first, second) => source.Route([(x => x == "a", first)], otherwise: second)),
        Of(source => source.Route([(x => x == "a", Stage.Select<string, string>(x => x + "!")), (x => x == "b", Stage.Skip<string>(0))])),
        ToTwo((source, first, second) => source.Partition(x => x, first, second)),
        Of(source => source.Partition(x => x, 2, Stage.Scan<string, string>("", (all, x) => all + x))),
        ToTwo((source, first, second) => source.Balance(first, second)),
        Of(source => source.Balance(2, Stage.SelectAsync<string, string>(Work, degree: 1))),

        // Several ways in
        OfTwo((source, other) => source.Merge(other)),
        OfTwo((source, other) => source.Concat(other)),
        OfTwo((source, other) => source.Zip(other, (x, y) => x + y)),
        OfTwo((source, other) => source.CombineLatest(other, (x, y) => x + y)),
        OfTwo((source, other) => source.MergeByTime(Time, other)),
        OfTwo((source, other) => source.MergeBy(x => x, other)),
        OfTwo((source, other) => source.Join(other, x => x[0], y => y[0], TimeSpan.FromSeconds(4), (x, y) => x + y, capacity: 10)),
        OfTwo((source, other) => Source.FanIn<string, string, string>(source, other, InTurns)),
    ];

    private void Log(string item) => _seen.Add(item);

    /// <summary>Takes as many seconds as the item says.</summary>
    private async Task<string> Work(string item, CancellationToken cancellation)
    {
        await Task.Delay(TimeSpan.FromSeconds(int.Parse(item, CultureInfo.InvariantCulture)), clock, cancellation);
        return item;
    }

    /// <summary>The item, and five seconds later the item again.</summary>
    private async IAsyncEnumerable<string> Twice(string item, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        yield return item;
        await Task.Delay(TimeSpan.FromSeconds(5), clock, cancellation);
        yield return item + "!";
    }

    private static string Check(string item) => item != "x" ? item : throw new FormatException("This is an x.");

    /// <summary>Throws at the first x only.</summary>
    private string Flaky(string item)
    {
        if (item == "x" && !_seen.Contains(item))
        {
            Log(item);
            throw new FormatException("This is the first x.");
        }

        return item;
    }

    private static DateTimeOffset Time(string item) => MarbleRun.Start.AddSeconds(int.Parse(item, CultureInfo.InvariantCulture));

    private static string Parity(string item) => int.Parse(item, CultureInfo.InvariantCulture) % 2 == 0 ? "even" : "odd";

    private static ReadOnlyMemory<byte> Bytes(string item) => Encoding.UTF8.GetBytes(item.Replace('↵', '\n'));

    private static async Coroutine CountThem(string key, Inbox<string> items, Target<string> next)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            count++;
        }

        await next.SendAsync($"{count}{key}");
    }

    private static async Coroutine CountDown(Inbox<string> items, Target<string> next, Target<string> back)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            if (int.Parse(item, CultureInfo.InvariantCulture) is > 1 and var number)
            {
                await back.SendAsync($"{number - 1}");
            }
        }
    }

    private static async Coroutine InTurns(Inbox<string> source, Inbox<string> other, Target<string> next)
    {
        while (true)
        {
            await next.SendAsync(await source.ReceiveAsync());
            await next.SendAsync(await other.ReceiveAsync());
        }
    }
}
