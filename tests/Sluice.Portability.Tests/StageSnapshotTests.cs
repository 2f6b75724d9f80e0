using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sluice.Tests.Portability;

/// <summary>The library's own operators keep their state in a snapshot: at every item the copy goes on as the original.</summary>
public sealed class StageSnapshotTests
{
    private static readonly DateTimeOffset s_start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_long = TimeSpan.FromDays(20_000); // longer than any run of the test

    /// <summary>Stages that cannot be captured, and the errors that say so.</summary>
    public static TheoryData<string, Stage<int, string>, string> Refused
    {
        get
        {
            var info = (JsonTypeInfo<int>)JsonSerializerOptions.Default.GetTypeInfo(typeof(int));
            return new()
            {
                { "ParseJsonLines", Stage.Select<int, string>(item => $"{item}") | Stage.ParseJsonLines(info) | Stage.Select<int, string>(item => $"{item}"), "JsonTypeInfo" },
                { "SelectAsync with a call under way", Stage.SelectAsync<int, string>((_, _) => new TaskCompletionSource<string>().Task, 2), "Await it before the receive" },
                { "SelectMany to sources", Stage.SelectMany<int, string>(item => Source.From([$"{item}"])), "cannot be stored" },
                { "SelectMany to sequences", Stage.SelectMany<int, string>(item => AsyncEnumerable.Repeat($"{item}", 1)), "cannot be stored" },
                { "Switch to sources", Stage.Switch<int, string>(item => Source.From([$"{item}"])), "cannot be stored" },
                { "Switch to sequences", Stage.Switch<int, string>(item => AsyncEnumerable.Repeat($"{item}", 1)), "cannot be stored" },
                { "ToJsonLines", Stage.ToJsonLines(info), "JsonTypeInfo" },
            };
        }
    }

    /// <summary>Each by the name of its method first.</summary>
    public static TheoryData<string, Stage<int, string>> Stages
    {
        get
        {
            var text = Stage.Select<int, string>(item => $"{item}");
            var array = Stage.Select<int[], string>(chunk => string.Join('+', chunk));
            var window = Stage.Select<Window<int>, string>(window => string.Join('+', window.Items));
            var branches = (Stage<int, string>[])[Stage.Scan<int, int>(0, (sum, item) => sum + item) | Stage.Select<int, string>(item => $"a{item}"), Stage.Select<int, string>(item => $"b{item}")];
            static DateTimeOffset At(int item) => s_start.AddMinutes(item);
            return new()
            {
                { "Balance", Stage.Balance(2, branches[0]) },
                { "Broadcast", Stage.Broadcast(branches) },
                { "Buffer", Stage.Buffer<int>(3) | text },
                { "Buffer that drops", Stage.Buffer<int>(3, OnFull.DropNewest, _ => default(ValueTask)) | text },
                { "Buffer that drops to a task", Stage.Buffer<int>(3, OnFull.DropNewest, _ => Task.CompletedTask) | text },
                { "Chunk", Stage.Chunk<int>(2) | array },
                { "Chunk in time", Stage.Chunk<int>(3, s_long) | array },
                { "Debounce", Stage.Debounce<int>(s_long) | text },
                { "Delay", Stage.Delay<int>(TimeSpan.Zero, 4) | text },
                { "Distinct", Stage.Distinct<int>() | text },
                { "Distinct by key", Stage.Distinct<int, int>(item => item % 4) | text },
                { "DistinctUntilChanged", Stage.DistinctUntilChanged<int>() | text },
                { "DistinctUntilChanged by key", Stage.DistinctUntilChanged<int, int>(item => item % 2) | text },
                { "Feedback", Stage.Feedback<int, string>(Numbers, 4, OnFull.Fail) },
                { "Feedback that drops", Stage.Feedback<int, string>(Numbers, 1, OnFull.DropNewest, _ => default(ValueTask)) },
                { "Feedback that drops to a task", Stage.Feedback<int, string>(Numbers, 1, OnFull.DropNewest, _ => Task.CompletedTask) },
                { "ForEachKey", Stage.ForEachKey<int, int, string>(item => item % 3, Number) },
                { "ForEachKey with limits", Stage.ForEachKey<int, int, string>(item => item % 3, Number, new KeyedOptions { MaxKeys = 2, IdleTimeout = s_long }) },
                { "ForEachKey of a stage", Stage.ForEachKey(item => item % 3, Stage.Scan<int, int>(0, (sum, item) => sum + item), (key, sum) => $"{key}: {sum}") },
                { "ForEachKey of stages with limits", Stage.ForEachKey(item => item % 3, Stage.Chunk<int>(2) | array, new KeyedOptions { MaxKeys = 2, IdleTimeout = s_long }) | Stage.Select<KeyValuePair<int, string>, string>(pair => $"{pair}") },
                { "ForEachKey of windows", Stage.ForEachKey(item => item % 3, Stage.SessionWindow(new EventTime<int>(At), TimeSpan.FromMinutes(2)), (key, window) => $"{key}: {string.Join('+', window.Items)}") },
                { "ForEachKey of windows with one watermark", Stage.ForEachKey(item => item % 3, Stage.SlidingWindow(new EventTime<int>(At) { Scope = WatermarkScope.AllKeys }, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(1)), (key, window) => $"{key}: {string.Join('+', window.Items)}") },
                { "ForEachKey of sessions with one watermark", Stage.ForEachKey(item => item % 3, Stage.Select<int, int>(item => item) | Stage.SessionWindow(new EventTime<int>(At) { Scope = WatermarkScope.AllKeys, IdleClose = s_long }, TimeSpan.FromMinutes(2)) | window) | Stage.Select<KeyValuePair<int, string>, string>(pair => $"{pair}") },
                { "Pairwise", Stage.Pairwise<int>() | Stage.Select<(int, int), string>(pair => $"{pair}") },
                { "Pairwise with a function", Stage.Pairwise<int, string>((before, item) => $"{before}<{item}") },
                { "ParseJsonLines", text | Stage.ParseJsonLines<int>() | text },
                { "Partition", Stage.Partition(item => item % 5, 2, branches[0]) },
                { "RateLimit", Stage.RateLimit<int>(100, s_long) | text },
                { "Route", Stage.Route([(item => item % 2 == 0, branches[0])], otherwise: branches[1]) },
                { "Route to a callback", Stage.Route([(item => item % 2 == 0, branches[0])], onUnmatched: _ => default(ValueTask)) },
                { "Route to a task", Stage.Route([(item => item % 2 == 0, branches[0])], onUnmatched: _ => Task.CompletedTask) },
                { "Sample", Stage.Sample<int>(s_long) | text },
                { "Scan", Stage.Scan<int, int>(0, (sum, item) => sum + item) | text },
                { "Select", text },
                { "SelectMany", Stage.SelectMany<int, int>(item => Enumerable.Repeat(item, 2)) | text },
                { "SessionWindow", Stage.SessionWindow<int>(At, TimeSpan.FromMinutes(2)) | window },
                { "SessionWindow with a callback", Stage.SessionWindow<int>(At, TimeSpan.FromMinutes(2), late: _ => default(ValueTask)) | window },
                { "SessionWindow with a task", Stage.SessionWindow<int>(At, TimeSpan.FromMinutes(2), late: _ => Task.CompletedTask) | window },
                { "SessionWindow of event time", Stage.SessionWindow(new EventTime<int>(At) { AllowedLateness = TimeSpan.FromMinutes(1) }.WithOrigins(item => item % 2, s_long), TimeSpan.FromMinutes(2)) | window },
                { "Skip", Stage.Skip<int>(2) | text },
                { "SkipWhile", Stage.SkipWhile<int>(item => item < 3) | text },
                { "SlidingWindow", Stage.SlidingWindow<int>(2, 1) | array },
                { "SlidingWindow in event time", Stage.SlidingWindow<int>(At, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(2)) | window },
                { "SlidingWindow in event time with a callback", Stage.SlidingWindow<int>(At, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(2), late: _ => default(ValueTask)) | window },
                { "SlidingWindow in event time with a task", Stage.SlidingWindow<int>(At, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(2), late: _ => Task.CompletedTask) | window },
                { "SlidingWindow of event time", Stage.SlidingWindow(new EventTime<int>(At) { IdleClose = s_long }, TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(2)) | window },
                { "SplitLines", Stage.Select<int, ReadOnlyMemory<byte>>(item => Encoding.UTF8.GetBytes(item == 3 ? "3\n" : $"{item}")) | Stage.SplitLines() },
                { "SplitLines with a parser", Stage.Select<int, ReadOnlyMemory<byte>>(item => Encoding.UTF8.GetBytes(item == 3 ? "3\n" : $"{item}")) | Stage.SplitLines<string>(static () => static (line, number) => $"{number}: {line.Length}") },
                { "Take", Stage.Take<int>(100) | text },
                { "TakeWhile", Stage.TakeWhile<int>(item => item < 100) | text },
                { "Tap", Stage.Tap<int>(item => GC.KeepAlive(item)) | text },
                { "Tap that waits", Stage.Tap<int>(_ => default(ValueTask)) | text },
                { "Tap with a task", Stage.Tap<int>(_ => Task.CompletedTask) | text },
                { "Tap that waits with its token", Stage.Tap<int>((_, _) => default(ValueTask)) | text },
                { "Tap with a task and its token", Stage.Tap<int>((_, _) => Task.CompletedTask) | text },
                { "SelectAsync", Stage.SelectAsync<int, string>((item, _) => Task.FromResult($"{item}"), 2) },
                { "Throttle", Stage.Throttle<int>(s_long) | text },
                { "Timeout", Stage.Timeout<int>(s_long) | text },
                { "ToJsonLines", Stage.ToJsonLines<int>() },
                { "TumblingWindow", Stage.TumblingWindow<int>(s_long) | window },
                { "TumblingWindow in event time", Stage.TumblingWindow<int>(At, TimeSpan.FromMinutes(4)) | window },
                { "TumblingWindow in event time with a callback", Stage.TumblingWindow<int>(At, TimeSpan.FromMinutes(4), late: _ => default(ValueTask)) | window },
                { "TumblingWindow in event time with a task", Stage.TumblingWindow<int>(At, TimeSpan.FromMinutes(4), late: _ => Task.CompletedTask) | window },
                { "TumblingWindow of event time", Stage.TumblingWindow(new EventTime<int>(At).WithOrigins(item => $"{item % 2}"), TimeSpan.FromMinutes(4)) | window },
                { "Where", Stage.Where<int>(item => item % 2 == 0) | text },
            };
        }
    }

    [Fact]
    public void Every_operator_is_among_them()
    {
        var tested = Stages.Concat<object[]>(Refused).CountBy(row => ((string)row[0]).Split(' ')[0]).ToDictionary();

        Assert.Empty(OperatorMethods.OfStages.CountBy(method => method.Name)
            .Where(method => tested.GetValueOrDefault(method.Key) < method.Value)
            .Select(method => $"{method.Value} of {method.Key}"));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_works_outside_of_the_stage_is_refused_by_name(string name, Stage<int, string> stage, string advice)
    {
        var target = stage.Start(new Collector([]));
        if (name.EndsWith("under way", StringComparison.Ordinal))
        {
            await target.SendAsync(1);
        }

        var error = await Assert.ThrowsAsync<NotPortableException>(() => target.SnapshotAsync(new() { Outside = { ["out"] = new Collector([]) } }).AsTask());

        Assert.Contains(name.Split(' ')[0], error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task At_every_item_the_copy_goes_on_as_the_original(string name, Stage<int, string> stage)
    {
        int[] items = [1, 1, 2, 5, 3, 2, 2, 7, 9, 4];
        var whole = new List<string>();
        var one = stage.Start(new Collector(whole));
        foreach (var item in items)
        {
            await one.SendAsync(item);
        }

        await one.CloseAsync();
        Assert.NotEmpty(whole);

        var parts = new List<string>();
        var collector = new Collector(parts);
        var options = new SnapshotOptions { Outside = { ["out"] = collector } };
        var target = stage.Start(collector);
        foreach (var item in items)
        {
            target = Copies.Of(await target.MoveAsync(options), options).Resume<int>();
            await target.SendAsync(item);
        }

        await Copies.Of(await target.MoveAsync(options), options).Resume<int>().CloseAsync();
        Assert.True(whole.SequenceEqual(parts), $"{name}: {string.Join(' ', parts)} instead of {string.Join(' ', whole)}");
    }

    [Fact]
    public void Stages_under_an_error_policy_run_in_pipelines_only()
    {
        var guarded = Stage.Select<int, string>(item => $"{item}").OnError(ErrorPolicy.Skip);

        Assert.Contains("pipelines only", Assert.Throws<InvalidOperationException>(() => guarded.Start(new Collector([]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nor_can_a_key_have_one_by_hand()
    {
        var guarded = Stage.Broadcast(Stage.ForEachKey(item => item, Stage.Select<int, string>(item => $"{item}").OnError(ErrorPolicy.Skip), (key, text) => text));

        Assert.Contains("pipelines only", Assert.Throws<InvalidOperationException>(() => guarded.Start(new Collector([]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Branches_started_by_hand_end_one_after_the_other_and_leave_their_target_open()
    {
        var (items, branch) = (new List<string>(), Stage.Chunk<int>(3) | Stage.Select<int[], string>(chunk => string.Join('+', chunk)));
        var target = (Stage.Broadcast(branch, branch) | Stage.Select<string, string>(item => $"<{item}>")).Start(new Collector(items));
        await target.SendAsync(1);
        await target.SendAsync(2);
        Assert.Empty(items);

        await target.CloseAsync();

        Assert.Equal(["<1+2>", "<1+2>"], items);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task An_operator_that_fails_by_hand_fails_its_sender()
    {
        var target = Stage.Select<int, string>(item => item > 1 ? throw new FormatException("two") : "one").Start(new Collector([]));
        await target.SendAsync(1);

        await Assert.ThrowsAsync<FormatException>(() => target.SendAsync(2).AsTask());
        await Assert.ThrowsAsync<TargetClosedException>(() => target.SendAsync(1).AsTask());
    }

    private static async Coroutine Numbers(Inbox<int> items, Target<string> next, Target<int> back)
    {
        var count = 0;
        await foreach (var item in items)
        {
            await next.SendAsync($"{++count}:{item}");
            if (item is > 3 and < 100)
            {
                await back.SendAsync(item * 100);
            }
        }
    }

    private static async Coroutine Number(int key, Inbox<int> items, Target<string> next)
    {
        var count = 0;
        await foreach (var item in items)
        {
            await next.SendAsync($"{key}/{++count}:{item}");
        }

        await next.SendAsync($"{key} had {count}");
    }

    private sealed class Collector(List<string> items) : Target<string>
    {
        public override ValueTask SendAsync(string item)
        {
            items.Add(item);
            return default;
        }

        public override ValueTask ThrowAsync(Exception error) => ValueTask.FromException(error);

        public override ValueTask CloseAsync() => default;
    }
}
