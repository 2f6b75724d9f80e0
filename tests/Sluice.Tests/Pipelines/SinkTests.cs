namespace Sluice.Tests;

public sealed class SinkTests : IDisposable
{
    private static readonly string[] s_lines = ["eins", "zwei", "", "drei ü 日本"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ToList_collects_all_items_into_a_new_list_in_each_run()
    {
        var pipeline = Source.From([3, 1, 2]).To(Sink.ToList<int>());
        var first = await Wait.For(pipeline.RunAsync());
        var second = await Wait.For(pipeline.RunAsync());

        Assert.Equal([3, 1, 2], first);
        Assert.Equal(first, second);
        Assert.NotSame(first, second);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100_000)]
    public async Task Count_counts_the_items(int count) =>
        Assert.Equal(count, await Wait.For(Source.From(new int[count]).To(Sink.Count<int>()).RunAsync()));

    [Fact]
    public async Task ForEach_calls_its_action_with_each_item()
    {
        var seen = new List<int>();
        await Wait.For(Source.From([1, 2, 3]).To(Sink.ForEach<int>(seen.Add)).RunAsync());

        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task An_asynchronous_ForEach_handles_one_item_at_a_time()
    {
        var (numbers, signal, log) = (new Numbers(), new Signal(), new List<string>());
        var run = Source.From(numbers.Endless()).Take(2).To(Sink.ForEach<int>(async (item, token) =>
        {
            log.Add($"begin {item}");
            await signal.Task;
            log.Add($"end {item}");
        })).RunAsync();
        Assert.Equal(["begin 1"], log);
        Assert.Equal(1, numbers.Produced);

        signal.Set();
        await Wait.For(run);

        Assert.Equal(["begin 1", "end 1", "begin 2", "end 2"], log);
    }

    [Fact]
    public async Task An_asynchronous_ForEach_gets_the_token_of_the_run()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From([1]).To(Sink.ForEach<int>(async (_, token) => await new Signal().Task.WaitAsync(token))).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_action_of_ForEach_throws_fails_the_run(bool later)
    {
        var cause = new FormatException();
        var run = Source.From([1, 2]).To(later
            ? Sink.ForEach<int>(async (item, _) =>
            {
                await Task.Yield();
                Stages.ThrowAt(item, 2, cause);
            }).Named("bad")
            : Sink.ForEach<int>(item => Stages.ThrowAt(item, 2, cause)).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task WriteLines_writes_a_file_in_UTF_8_with_line_feeds_which_is_complete_when_the_run_ends()
    {
        var path = _folder.Write("out.txt", "something longer that was there before, and is gone then");
        await Wait.For(Source.From(s_lines).To(Sink.WriteLines(path)).RunAsync());

        Assert.Equal("eins\nzwei\n\ndrei ü 日本\n"u8.ToArray(), await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task WriteLines_may_append()
    {
        var path = _folder.Write("out.txt", "null\n");
        var pipeline = Source.From(s_lines).Take(1).To(Sink.WriteLines(path, append: true));
        await Wait.For(pipeline.RunAsync());
        await Wait.For(pipeline.RunAsync());

        Assert.Equal("null\neins\neins\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task WriteLines_keeps_the_lines_before_a_failure()
    {
        var path = _folder.PathOf("out.txt");
        var run = Source.From([1, 2, 3]).Select(x => $"{Stages.ThrowAt(x, 3, new FormatException())}").To(Sink.WriteLines(path)).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("1\n2\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task WriteLines_to_a_path_that_cannot_be_written_fails_the_run()
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Select(x => $"{x}").To(Sink.WriteLines(_folder.PathOf("no/such/folder.txt"))).RunAsync();

        var error = await Assert.ThrowsAnyAsync<IOException>(() => Wait.For(run));
        Assert.Equal("WriteLines", error.Data["Sluice.Stage"]);
        Assert.Equal(0, numbers.Produced);
    }

    [Fact]
    public async Task WriteLines_to_a_writer_uses_its_line_ending_flushes_it_and_leaves_it_open()
    {
        using var stream = new MemoryStream();
        using var writer = new StreamWriter(stream) { NewLine = "|" };
        await Wait.For(Source.From(s_lines).To(Sink.WriteLines(writer)).RunAsync());

        Assert.Equal("eins|zwei||drei ü 日本|"u8.ToArray(), stream.ToArray());
        await writer.WriteAsync("still open");
    }

    [Fact]
    public void Sinks_refuse_null_at_once()
    {
        Assert.Throws<ArgumentNullException>("action", () => Sink.ForEach((Action<int>)null!));
        Assert.Throws<ArgumentNullException>("action", () => Sink.ForEach((Func<int, CancellationToken, ValueTask>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Sink.Create((Func<Inbox<int>, Coroutine>)null!));
        Assert.Throws<ArgumentNullException>("body", () => Sink.Create((Func<Inbox<int>, Coroutine<int>>)null!));
        Assert.Throws<ArgumentNullException>("path", () => Sink.WriteLines((string)null!));
        Assert.Throws<ArgumentNullException>("writer", () => Sink.WriteLines((TextWriter)null!));
        Assert.Throws<ArgumentNullException>("sink", () => Source.From([1]).To((Sink<int>)null!));
    }
}
