using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Tests;

/// <summary>Every operator and every sink, each overload once, for the tests of how runs end.</summary>
internal static class EndingRows
{
    private static readonly TimeSpan s_time = TimeSpan.FromHours(1);
    private static readonly JsonTypeInfo<int> s_json = (JsonTypeInfo<int>)JsonSerializerOptions.Default.GetTypeInfo(typeof(int));

    /// <summary>Operators that give a source, under their names.</summary>
    internal static IReadOnlyList<(string Name, Func<EndingRun, Source<int>, Source<int>> Build)> Operators { get; } =
    [
        ("Balance", (run, source) => source.Balance(2, Stage.Create<int, int>(Stages.Pass))),
        ("Broadcast", (run, source) => source.Broadcast(Stage.Create<int, int>(Stages.Pass), Stage.Create<int, int>(Stages.Pass))),
        ("Buffer", (run, source) => source.Buffer(1)),
        ("Buffer", (run, source) => source.Buffer(1, OnFull.DropNewest, async _ => await Task.Yield())),
        ("Buffer", (run, source) => source.Buffer(1, OnFull.DropNewest, _ => Task.CompletedTask)),
        ("Chunk", (run, source) => source.Chunk(2).Select(all => all[0])),
        ("Chunk", (run, source) => source.Chunk(2, s_time).Select(all => all[0])),
        ("CombineLatest", (run, source) => source.CombineLatest(run.Others, (x, y) => x)),
        ("Concat", (run, source) => source.Concat(run.Others)),
        ("Debounce", (run, source) => source.Debounce(s_time)),
        ("Delay", (run, source) => source.Delay(s_time, 1)),
        ("Distinct", (run, source) => source.Distinct()),
        ("Distinct", (run, source) => source.Distinct(x => x)),
        ("DistinctUntilChanged", (run, source) => source.DistinctUntilChanged()),
        ("DistinctUntilChanged", (run, source) => source.DistinctUntilChanged(x => x)),
        ("Feedback", (run, source) => source.Feedback<int, int>((items, next, back) => SendBack(items, next, back), 2, OnFull.Fail)),
        ("Feedback", (run, source) => source.Feedback<int, int>((items, next, back) => SendBack(items, next, back), 2, OnFull.DropNewest, async _ => await Task.Yield())),
        ("Feedback", (run, source) => source.Feedback<int, int>((items, next, back) => SendBack(items, next, back), 2, OnFull.DropNewest, _ => Task.CompletedTask)),
        ("ForEachKey", (run, source) => source.ForEachKey<int, int, int>(x => x % 2, (key, items, next) => Stages.Pass(items, next))),
        ("ForEachKey", (run, source) => source.ForEachKey(x => x % 2, Stage.Create<int, int>(Stages.Pass)).Select(pair => pair.Value)),
        ("ForEachKey", (run, source) => source.ForEachKey(x => x % 2, Stage.Create<int, int>(Stages.Pass) | Stage.Select<int, int>(x => x), (key, x) => x)),
        ("Join", (run, source) => source.Join(run.Others, x => x, y => y, s_time, (x, y) => x, 10)),
        ("Join", (run, source) => source.Join(run.Others, x => x, y => y, At, At, s_time, (x, y) => x, 10)),
        ("Join", (run, source) => source.Join(run.Others, x => x, y => y, At, At, s_time, (x, y) => x, 10, lateFirst: async _ => await Task.Yield())),
        ("Join", (run, source) => source.Join(run.Others, x => x, y => y, At, At, s_time, (x, y) => x, 10, lateFirst: _ => Task.CompletedTask)),
        ("Merge", (run, source) => source.Merge(run.Others.Where(x => false))),
        ("MergeBy", (run, source) => source.MergeBy(x => x, run.Others)),
        ("MergeBy", (run, source) => source.MergeBy(x => x, Comparer<int>.Default, run.Others)),
        ("MergeByTime", (run, source) => source.MergeByTime(At, run.Others)),
        ("Pairwise", (run, source) => source.Pairwise().Select(pair => pair.Item1)),
        ("Pairwise", (run, source) => source.Pairwise((x, y) => x)),
        ("ParseJsonLines", (run, source) => source.Select(x => $"{x}").ParseJsonLines<int>()),
        ("ParseJsonLines", (run, source) => source.Select(x => $"{x}").ParseJsonLines(s_json)),
        ("Partition", (run, source) => source.Partition(x => x, 2, Stage.Create<int, int>(Stages.Pass))),
        ("RateLimit", (run, source) => source.RateLimit(1, s_time)),
        ("Route", (run, source) => source.Route([(x => x == 1, Stage.Create<int, int>(Stages.Pass))])),
        ("Route", (run, source) => source.Route([(x => x == 1, Stage.Create<int, int>(Stages.Pass))], onUnmatched: async _ => await Task.Yield())),
        ("Route", (run, source) => source.Route([(x => x == 1, Stage.Create<int, int>(Stages.Pass))], onUnmatched: _ => Task.CompletedTask)),
        ("Sample", (run, source) => source.Sample(s_time)),
        ("Scan", (run, source) => source.Scan(0, (x, y) => y)),
        ("Select", (run, source) => source.Select(x => x)),
        ("SelectAsync", (run, source) => source.SelectAsync((x, _) => Task.FromResult(x), 2)),
        ("SelectMany", (run, source) => source.SelectMany(x => new[] { x, x })),
        ("SelectMany", (run, source) => source.SelectMany(x => Source.From([x, x]), 2)),
        ("SelectMany", (run, source) => source.SelectMany(x => Twice(x), 2)),
        ("SessionWindow", (run, source) => source.SessionWindow(At, s_time).Select(_ => 0)),
        ("SessionWindow", (run, source) => source.SessionWindow(At, s_time, late: async _ => await Task.Yield()).Select(_ => 0)),
        ("SessionWindow", (run, source) => source.SessionWindow(At, s_time, late: _ => Task.CompletedTask).Select(_ => 0)),
        ("SessionWindow", (run, source) => source.SessionWindow(new EventTime<int>(At), s_time).Select(_ => 0)),
        ("Skip", (run, source) => source.Skip(0)),
        ("SkipWhile", (run, source) => source.SkipWhile(x => x == 1)),
        ("SlidingWindow", (run, source) => source.SlidingWindow(2, 1).Select(all => all[0])),
        ("SlidingWindow", (run, source) => source.SlidingWindow(At, s_time, s_time).Select(_ => 0)),
        ("SlidingWindow", (run, source) => source.SlidingWindow(At, s_time, s_time, late: async _ => await Task.Yield()).Select(_ => 0)),
        ("SlidingWindow", (run, source) => source.SlidingWindow(At, s_time, s_time, late: _ => Task.CompletedTask).Select(_ => 0)),
        ("SlidingWindow", (run, source) => source.SlidingWindow(new EventTime<int>(At) { IdleClose = s_time }, s_time, s_time).Select(_ => 0)),
        ("SplitLines", (run, source) => source.Select(x => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"{x}\n")).SplitLines().Select(_ => 0)),
        ("SplitLines", (run, source) => source.Select(x => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"{x}\n")).Through(Stage.SplitLines<int>(() => (line, number) => 0))),
        ("Switch", (run, source) => source.Switch(x => Source.From([x]))),
        ("Switch", (run, source) => source.Switch(x => Twice(x))),
        ("Take", (run, source) => source.Take(100)),
        ("TakeWhile", (run, source) => source.TakeWhile(x => x < 100)),
        ("Tap", (run, source) => source.Tap(_ => { })),
        ("Tap", (run, source) => source.Tap(_ => default(ValueTask))),
        ("Tap", (run, source) => source.Tap(_ => Task.CompletedTask)),
        ("Tap", (run, source) => source.Tap((_, _) => default(ValueTask))),
        ("Tap", (run, source) => source.Tap((_, _) => Task.CompletedTask)),
        ("Throttle", (run, source) => source.Throttle(s_time)),
        ("Timeout", (run, source) => source.Timeout(s_time)),
        ("ToJsonLines", (run, source) => source.ToJsonLines().Select(_ => 0)),
        ("ToJsonLines", (run, source) => source.ToJsonLines(s_json).Select(_ => 0)),
        ("TumblingWindow", (run, source) => source.TumblingWindow(s_time).Select(_ => 0)),
        ("TumblingWindow", (run, source) => source.TumblingWindow(At, s_time).Select(_ => 0)),
        ("TumblingWindow", (run, source) => source.TumblingWindow(At, s_time, late: async _ => await Task.Yield()).Select(_ => 0)),
        ("TumblingWindow", (run, source) => source.TumblingWindow(At, s_time, late: _ => Task.CompletedTask).Select(_ => 0)),
        ("TumblingWindow", (run, source) => source.TumblingWindow(new EventTime<int>(At), s_time).Select(_ => 0)),
        ("Where", (run, source) => source.Where(x => true)),
        ("Zip", (run, source) => source.Zip(run.Others, (x, y) => x)),
    ];

    /// <summary>Operators and stages that wait with their token themselves, and what makes the wait.</summary>
    internal static IReadOnlyList<(string Name, Func<EndingRun, Source<int>, Source<int>> Build)> Waiting { get; } =
    [
        ("a stage", (run, source) => source.Through<int>(run.Wait)),
        ("a stage on a thread", (run, source) => source.Through(Stage.Create<int, int>(run.Wait)).On(Env.Thread(2))),
        ("a stage behind a thread", (run, source) => source.On(Env.Thread(2)).Through<int>(run.Wait)),
        ("a stage on the pool", (run, source) => source.On(Env.ThreadPool(2)).Through<int>(run.Wait).On(Env.ThreadPool(2)).Select(x => x)),
        ("a stage in branches", (run, source) => source.Broadcast(Stage.Create<int, int>(Stages.Pass), Stage.Create<int, int>(run.Wait))),
        ("a stage behind a buffer that is full", (run, source) => source.Buffer(1).Through<int>(run.Wait)),
        ("a stage with a policy", (run, source) => source.Through(Stage.Create<int, int>(run.Wait).OnError(ErrorPolicy.Skip))),
        ("a child of a stage", (run, source) => source.Through<int>((items, next) => WithChild(items, next, run))),
        ("a child that no one awaits", (run, source) => source.Through<int>((items, next) => WithLooseChild(items, next, run))),
        ("a retry", (run, source) => source.Through(Failing(run).OnError(ErrorPolicy.Retry(3, Backoff.Constant(s_time))))),
        ("a restart", (run, source) => source.Through(Failing(run).OnError(ErrorPolicy.Restart(3, Backoff.Constant(s_time))))),
        ("a callback for dead letters", (run, source) => source.Through(Failing(run).OnError(ErrorPolicy.Skip, async (_, token) => await run.WaitWith(token)))),
        ("a callback for dead letters that returns a task", (run, source) => source.Through(Failing(run).OnError(ErrorPolicy.Skip, (_, token) => run.WaitWith(token)))),
        ("Tap", (run, source) => source.Tap(async (_, token) => await run.WaitWith(token))),
        ("Tap that returns a task", (run, source) => source.Tap((_, token) => run.WaitWith(token))),
        ("Tap with a policy", (run, source) => source.Through(Stage.Tap<int>(async (_, token) => await run.WaitWith(token)).OnError(ErrorPolicy.Skip))),
        ("Balance", (run, source) => source.Balance(2, Stage.Create<int, int>(run.Wait))),
        ("Partition", (run, source) => source.Partition(x => x, 2, Stage.Create<int, int>(run.Wait))),
        ("Route", (run, source) => source.Route([(x => true, Stage.Create<int, int>(run.Wait))])),
        ("Feedback", (run, source) => source.Feedback<int, int>((items, next, back) => WaitAndSendBack(items, next, back, run), 2, OnFull.Fail)),
        ("ForEachKey", (run, source) => source.ForEachKey<int, int, int>(x => x % 2, (key, items, next) => run.Wait(items, next))),
        ("ForEachKey of a stage", (run, source) => source.ForEachKey(x => x % 2, Stage.Create<int, int>(run.Wait), (key, x) => x)),
        ("ForEachKey of stages", (run, source) => source.ForEachKey(x => x % 2, Stage.Create<int, int>(Stages.Pass) | Stage.Create<int, int>(run.Wait), (key, x) => x)),
        ("SelectAsync", (run, source) => source.SelectAsync((_, token) => run.WaitWith(token), 1)),
        ("SelectAsync of several", (run, source) => source.SelectAsync((_, token) => run.WaitWith(token), 2)),
        ("SelectAsync with room", (run, source) => source.SelectAsync((_, token) => run.WaitWith(token), 9)),
        ("SelectAsync unordered", (run, source) => source.SelectAsync((_, token) => run.WaitWith(token), 2, ordered: false)),
        ("SelectAsync on the pool", (run, source) => source.SelectAsync((_, token) => Task.Run(() => run.WaitWith(token), CancellationToken.None), 2)),
        ("SelectMany of sequences", (run, source) => source.SelectMany(_ => WaitIn(run))),
        ("SelectMany of several sequences", (run, source) => source.SelectMany(_ => WaitIn(run), 2)),
        ("SelectMany of sources with room", (run, source) => source.SelectMany(x => Source.From([x]).Through<int>(run.Wait), 9)),
        ("SelectMany with a policy", (run, source) => source.Through(Stage.SelectMany<int, int>(_ => WaitIn(run)).OnError(ErrorPolicy.Skip))),
        ("Switch", (run, source) => source.Switch(_ => WaitIn(run))),
        ("Switch to sources with stages", (run, source) => source.Switch(x => Source.From([x]).Through<int>(run.Wait))),
        ("a source that waits to be started again", (run, source) => source.Merge(Broken(run).OnError(ErrorPolicy.Restart(3, Backoff.Constant(s_time))))),
        ("Feedback of a time-out", (run, source) => source.Through<int>(run.Wait).Feedback<int, int>((items, next, back) => SendBack(items, next, back), 2, OnFull.Fail)),
    ];

    /// <summary>Operators that give a pipeline: each branch has to end in the sink.</summary>
    internal static IReadOnlyList<(string Name, Func<Source<int>, Sink<int>, Pipeline> Build)> FanOuts { get; } =
    [
        ("Balance", (source, sink) => source.Balance(sink, Sink.ForEach<int>(_ => { }))),
        ("Broadcast", (source, sink) => source.Broadcast(sink, Sink.ForEach<int>(_ => { }))),
        ("Partition", (source, sink) => source.Partition(x => Keys.To(0, 2), sink, Sink.ForEach<int>(_ => { }))),
        ("Partition", (source, sink) => source.Partition(x => Keys.To(0, 2), EqualityComparer<int>.Default, sink, Sink.ForEach<int>(_ => { }))),
        ("Route", (source, sink) => source.Route([(x => true, sink)])),
        ("Route", (source, sink) => source.Route([(x => true, sink)], onUnmatched: async _ => await Task.Yield())),
        ("Route", (source, sink) => source.Route([(x => true, sink)], onUnmatched: _ => Task.CompletedTask)),
    ];

    /// <summary>Sinks, under their names.</summary>
    internal static IReadOnlyList<(string Name, Func<EndingRun, Sink<int>> Build)> Sinks { get; } =
    [
        ("Aggregate", run => Sink.Aggregate<int, int>(0, (x, y) => x)),
        ("Aggregate", run => Sink.Aggregate<int, int, int>(0, (x, y) => x, x => x)),
        ("Balance", run => Sink.Balance(Sink.Create<int>(Stages.Drain))),
        ("Broadcast", run => Sink.Broadcast(Sink.Create<int>(Stages.Drain))),
        ("Count", run => Sink.Count<int>()),
        ("CountBy", run => Sink.CountBy<int, int>(x => x)),
        ("First", run => Stage.Create<int, int>(run.Wait) | Sink.First<int>()),
        ("ForEach", run => Sink.ForEach<int>(_ => { })),
        ("ForEach", run => Sink.ForEach<int>(async (_, token) => await run.WaitWith(token))),
        ("ForEach", run => Sink.ForEach<int>((_, token) => run.WaitWith(token))),
        ("ForEach", run => Sink.ForEach<int>(_ => default(ValueTask))),
        ("ForEach", run => Sink.ForEach<int>(_ => Task.CompletedTask)),
        ("Last", run => Sink.Last<int>()),
        ("Partition", run => Sink.Partition(x => x, Sink.Create<int>(Stages.Drain))),
        ("Partition", run => Sink.Partition(x => x, EqualityComparer<int>.Default, Sink.Create<int>(Stages.Drain))),
        ("Route", run => Sink.Route<int>([(x => true, Sink.Create<int>(Stages.Drain))])),
        ("Route", run => Sink.Route<int>([(x => true, Sink.Create<int>(Stages.Drain))], onUnmatched: async _ => await Task.Yield())),
        ("Route", run => Sink.Route<int>([(x => true, Sink.Create<int>(Stages.Drain))], onUnmatched: _ => Task.CompletedTask)),
        ("ToDictionary", run => Sink.ToDictionary<int, int, int>(x => x, x => x)),
        ("ToList", run => Sink.ToList<int>()),
        ("WriteBytes", run => Stage.Select<int, ReadOnlyMemory<byte>>(x => default) | Sink.WriteBytes(Path.Combine(Path.GetTempPath(), "Sluice.Ending.bytes"))),
        ("WriteJsonLines", run => Sink.WriteJsonLines<int>(Path.Combine(Path.GetTempPath(), "Sluice.Ending.json"))),
        ("WriteJsonLines", run => Sink.WriteJsonLines(Path.Combine(Path.GetTempPath(), "Sluice.Ending.typed.json"), (System.Text.Json.Serialization.Metadata.JsonTypeInfo<int>)System.Text.Json.JsonSerializerOptions.Default.GetTypeInfo(typeof(int)))),
        ("WriteLines", run => Stage.Where<int>(x => false) | (Stage.Select<int, string>(x => "") | Sink.WriteLines())),
        ("WriteLines", run => Stage.Select<int, string>(x => "") | Sink.WriteLines(new StringWriter())),
        ("WriteLines", run => Stage.Select<int, string>(x => "") | Sink.WriteLines(Path.Combine(Path.GetTempPath(), "Sluice.Ending.txt"))),
        ("WriteTo", run => Sink.WriteTo(Channel.CreateBounded<int>(1).Writer)),
        ("WriteTo", run => Sink.WriteTo<int>(new BufferBlock<int>(new() { BoundedCapacity = 1 }))),
        ("WriteTo", run => Stage.Select<int, ReadOnlyMemory<byte>>(x => new byte[1]) | Sink.WriteTo(new WaitingStream(run))),
    ];

    private static DateTimeOffset At(int item) => DateTimeOffset.UnixEpoch.AddSeconds(item);

    private static Stage<int, int> Failing(EndingRun run) => Stage.Select<int, int>(_ =>
    {
        run.NoteWait();
        throw new FormatException("This stage fails each time.");
    });

    private static Source<int> Broken(EndingRun run) => Source.Create<int>(async (next, cancellation) =>
    {
        await Task.CompletedTask;
        run.NoteWait();
        throw new FormatException("This source fails each time.");
    });

    private static async IAsyncEnumerable<int> Twice(int item)
    {
        yield return item;
        await Task.Yield();
        yield return item;
    }

    private static async IAsyncEnumerable<int> WaitIn(EndingRun run, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        yield return await run.WaitWith(cancellation);
    }

    private static async Coroutine SendBack(Inbox<int> items, Target<int> next, Target<int> back)
    {
        await foreach (var item in items)
        {
            if (item > 1)
            {
                await back.SendAsync(item - 1);
            }

            await next.SendAsync(item);
        }
    }

    private static async Coroutine WaitAndSendBack(Inbox<int> items, Target<int> next, Target<int> back, EndingRun run)
    {
        await foreach (var item in items)
        {
            await back.SendAsync(item);
            await next.SendAsync(await run.WaitWith(items.Cancellation));
        }
    }

    private static async Coroutine WithChild(Inbox<int> items, Target<int> next, EndingRun run)
    {
        await next.SendAsync(await items.ReceiveAsync());
        await run.Wait(items, next);
    }

    private static async Coroutine WithLooseChild(Inbox<int> items, Target<int> next, EndingRun run)
    {
        _ = WaitInBackground(run, items.Cancellation);
        await foreach (var item in items)
        {
            await run.WaitWith(items.Cancellation);
        }
    }

    private static async Coroutine WaitInBackground(EndingRun run, CancellationToken cancellation) => await run.WaitWith(cancellation);

    /// <summary>Each write waits until it is cancelled.</summary>
    private sealed class WaitingStream(EndingRun run) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await run.WaitWith(cancellationToken);
    }
}
