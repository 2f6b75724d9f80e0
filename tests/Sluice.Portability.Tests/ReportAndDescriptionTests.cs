namespace Sluice.Tests.Portability;

public sealed class ReportAndDescriptionTests
{
    [Fact]
    public async Task A_description_names_each_coroutine_its_line_and_its_variables()
    {
        var target = Target.Start<int, string>(items => Outer(items, "head"), "counter");
        await target.SendAsync(7);

        var text = (await target.SnapshotAsync()).Describe();

        Assert.Contains("Outer of 'counter': waits at await 1 (ReportAndDescriptionTests.cs:", text, StringComparison.Ordinal);
        Assert.Contains("  title = \"head\"\n", text, StringComparison.Ordinal);
        Assert.Contains("  words = [\"a\": 1]\n", text, StringComparison.Ordinal);
        Assert.Contains("Inner of 'counter': waits at await 0 (ReportAndDescriptionTests.cs:", text, StringComparison.Ordinal);
        Assert.Contains("  factor = 7\n", text, StringComparison.Ordinal);
        var line = Array.FindIndex(await File.ReadAllLinesAsync(Repository.PathOf("tests", "Sluice.Portability.Tests", "ReportAndDescriptionTests.cs")), line => line.EndsWith("// the second await", StringComparison.Ordinal)) + 1;
        Assert.Contains($".cs:{line})", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_portable_stage_has_an_empty_report()
    {
        var limit = 5;
        var stage = Stage.Where<int>(item => item > limit) | Stage.Create<int, int>(Pass);

        var report = stage.CheckPortable();

        Assert.True(report.IsPortable, report.ToString());
        Assert.Equal("portable", report.ToString());
    }

    [Fact]
    public void A_report_lists_variables_and_captured_values_that_could_not_move()
    {
        using var log = new MemoryStream();
        var stage = Stage.Where<int>(item => log.Length > item) | Stage.Create<int, int>(WithFile);

        var report = stage.CheckPortable();

        Assert.False(report.IsPortable);
        Assert.Contains(report.Problems, problem => problem is { Coroutine: nameof(WithFile), Variable: "file" } && problem.Type == typeof(FileStream));
        Assert.Contains(report.Problems, problem => problem is { Coroutine: nameof(InChild), Variable: "thread" });
        Assert.Contains(report.Problems, problem => problem.Variable == "log" && problem.Type == typeof(MemoryStream));
        Assert.Equal(3, report.Problems.Count);
        Assert.Contains("WithFile: 'file' is a 'System.IO.FileStream': an open file", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_shows_tuples_records_and_the_beginning_of_what_is_long()
    {
        var target = Target.Start<int, string>(items => Values(items, new Bus("22", (1, null), null)));

        var text = (await target.SnapshotAsync()).Describe();

        Assert.Contains("  bus = Bus {Route = \"22\", At = (1, null), Next = null}\n", text, StringComparison.Ordinal);
        Assert.Contains("  pair = (\"a\", 2.5)\n", text, StringComparison.Ordinal);
        Assert.Contains("  numbers = [0, 1, 2, 3, 4, 5, 6, 7, ...]\n", text, StringComparison.Ordinal);
        Assert.Contains($"  long = \"{new string('x', 200)}\"...\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_of_a_pipeline_looks_at_its_source_its_branches_and_its_sink()
    {
        using var log = new MemoryStream();
        var source = Source.From(Enumerable.Range(0, 1).Select(number => $"{number}")).Broadcast(Stage.Where<string>(line => line.Length > log.Length), Stage.Select<string, string>(line => line));
        var sink = Sink.Create<string, int>(InSink);

        var report = source.To(sink).CheckPortable();

        Assert.Contains(report.Problems, problem => problem is { Coroutine: "From", Variable: "items" });
        Assert.Contains(report.Problems, problem => problem.Variable == "log" && problem.Type == typeof(MemoryStream));
        Assert.Contains(report.Problems, problem => problem is { Coroutine: nameof(InSink), Variable: "thread" });
        Assert.True(report.Problems.Count == 3, report.ToString());
        Assert.Equal(2, source.CheckPortable().Problems.Count);
        Assert.Single(sink.CheckPortable().Problems);
        Assert.Equal("portable", Source.From([1, 2]).To(Sink.ForEach<int>(_ => { })).CheckPortable().ToString());
    }

    [Fact]
    public void A_report_lists_captured_variables_that_are_written_again()
    {
        var (total, limit) = (0, 5);
        var stage = Stage.Select<int, int>(item => item > limit ? total += item : 0);

        var report = stage.CheckPortable();

        Assert.True(report.IsPortable);
        Assert.Equal("total", Assert.Single(report.CopiedVariables).Variable);
        Assert.StartsWith("portable\n", report.ToString(), StringComparison.Ordinal);
        Assert.EndsWith("'total' is copied: what one side writes later the other does not see.", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_leaves_a_captured_target_as_it_is()
    {
        var target = Target.Start<int>(InChild);
        Assert.NotNull(Stage.Create<int, int>((items, _) => Forward(items, target)).CheckPortable());

        await Wait.For(Task.Run(async () => await target.CloseAsync()));

        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    private static async Coroutine Forward(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine<int> InSink(Inbox<string> items)
    {
        var thread = new Thread(() => { });
        await items.ReceiveAsync();
        thread.Join();
        return 1;
    }

    private static async Coroutine<string> Values(Inbox<int> items, Bus bus)
    {
        var (pair, numbers, @long) = (("a", 2.5), Enumerable.Range(0, 20).ToArray(), new string('x', 1000));
        await items.ReceiveAsync();
        return $"{bus} {pair} {numbers} {@long}";
    }

    private sealed record Bus(string Route, (int, string?) At, Bus? Next);

    private static async Coroutine<string> Outer(Inbox<int> items, string title)
    {
        var words = new Dictionary<string, int> { ["a"] = 1 };
        var first = await items.ReceiveAsync();
        return title + await Inner(items, first) + words.Count; // the second await
    }

    private static async Coroutine<int> Inner(Inbox<int> items, int factor) => factor * await items.ReceiveAsync();

    private static async Coroutine Pass(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine WithFile(Inbox<int> items, Target<int> next)
    {
        using var file = new FileStream("never", FileMode.Open);
        await foreach (var item in items)
        {
            await next.SendAsync(item + (int)file.Length);
        }

        await InChild(items);
    }

    private static async Coroutine InChild(Inbox<int> items)
    {
        var thread = new Thread(() => { });
        await items.ReceiveAsync();
        thread.Join();
    }
}
