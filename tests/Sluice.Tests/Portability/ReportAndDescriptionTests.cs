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
        var line = Array.FindIndex(await File.ReadAllLinesAsync(Repository.PathOf("tests", "Sluice.Tests", "Portability", "ReportAndDescriptionTests.cs")), line => line.EndsWith("// the second await", StringComparison.Ordinal)) + 1;
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
