namespace Sluice.Tests;

/// <summary>The lines that a process has written when it is killed.</summary>
[Trait("Category", "Process")]
public sealed class WrittenLinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("within a second", "one\ntwo\n")]
    [InlineData("each line", "one\ntwo\n")]
    [InlineData("each second line, to the disk", "one\ntwo\n")]
    [InlineData("at the end", "")]
    public async Task A_process_that_is_killed_has_written_its_lines(string when, string text)
    {
        var (path, lookout, workers) = (_folder.PathOf("out.txt"), new Lookout(), new MarkedWorkers());
        using var _ = lookout;
        var post = lookout.Post;
        var options = when switch
        {
            "each line" => new WriteLinesOptions { FlushInterval = Timeout.InfiniteTimeSpan, FlushEvery = 1 },
            "each second line, to the disk" => new() { FlushInterval = Timeout.InfiniteTimeSpan, FlushEvery = 2, FlushToDisk = true },
            "at the end" => new() { FlushInterval = Timeout.InfiniteTimeSpan },
            _ => null,
        };
        var run = Source.Create<string>(Lines).On(Env.Process(workers.Mark(new()))).Through<string>((lines, next) => Report(lines, next, post)).To(Sink.WriteLines(path, options: options)).RunAsync();
        await (await Task.WhenAny(run, lookout.Hears("taken"))); // a run that has failed says why
        await Wait.Until(() => Read(path) == text, $"'{text}' in the file");
        workers.Kill();

        await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(run));
        Assert.Equal(text, Read(path));

        static async Coroutine Lines(Target<string> next, CancellationToken cancellation)
        {
            await next.SendAsync("one");
            await next.SendAsync("two");
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }

        static async Coroutine Report(Inbox<string> lines, Target<string> next, Post post)
        {
            var count = 0;
            await foreach (var line in lines)
            {
                await next.SendAsync(line);
                if (++count == 2)
                {
                    post.Say("taken");
                }
            }
        }
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }
}
