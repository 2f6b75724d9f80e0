namespace Sluice.Tests;

/// <summary>A job that reads words from a file, with a node for each kind of state. It is suspended at the end of the file.</summary>
internal static class LinesJob
{
    internal const string Name = "words";

    /// <summary>Runs it to the end of the file, with a checkpoint that has a name there, and suspends it.</summary>
    internal static async Task SuspendAsync(CheckpointStore store, TemporaryFolder folder, params string[] words)
    {
        var (seen, end) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var pipeline = Source.Lines(folder.Write("words.txt", string.Concat(words.Select(static word => word + "\n"))), follow: true).Named("lines")
            .ForEachKey<string, string, Counted>(static word => word, static (word, items, next) => CountAsync(word, items, next)).Named("counts")
            .Through<Counted>(static (items, next) => RememberAsync(items, next, 7), "last")
            .Tap(_ =>
            {
                if (++seen == words.Length)
                {
                    end.SetResult();
                }
            }).Named("seen")
            .Select(static counted => $"{counted.Word} {counted.Count}").Named("text")
            .To(Sink.WriteLines(folder.PathOf("counts.txt")).Named("file"));
        await using var run = await pipeline.AsJob(Name, store, new JobOptions { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "seen" } }).StartAsync();
        await Wait.For(end.Task, "the last word");
        await run.CheckpointAsync("all words");
        await run.StopAsync(JobStop.Suspend);
    }

    private static async Coroutine CountAsync(string word, Inbox<string> items, Target<Counted> next)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            await next.SendAsync(new Counted(word, ++count));
        }
    }

    private static async Coroutine RememberAsync(Inbox<Counted> items, Target<Counted> next, int factor)
    {
        Counted? last = null;
        await foreach (var item in items)
        {
            var product = item.Count * factor;
            last = item;
            await next.SendAsync(item);
            GC.KeepAlive((last, product));
        }
    }

    internal sealed record Counted(string Word, int Count);
}
