using System.Globalization;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Jobs that follow a file: each line counts once, whatever happens to the file while nothing runs.</summary>
public sealed class FollowedLinesJobTests : IDisposable
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Select", "Tap", "ForEach" } };
    private static readonly LinesOptions s_rarely = new() { PollInterval = TimeSpan.FromDays(1) };
    private static readonly LinesOptions s_often = new() { PollInterval = TimeSpan.FromMilliseconds(1) };
    private static readonly LinesOptions s_skipping = new() { PollInterval = TimeSpan.FromMilliseconds(1), OnLostFile = OnLostFile.BeginWithNew };

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();
    private readonly string _path;

    public FollowedLinesJobTests() => _path = _folder.PathOf("access.log");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public async Task It_goes_on_behind_each_line(string ending)
    {
        var lines = Lines(0, 30);
        File.WriteAllText(_path, "\uFEFF" + Text(lines, ending));
        for (var at = 1; at < 30; at++)
        {
            await StopBehind(at, 30, name: "job " + at);

            Assert.Equal(lines, await Finish(30, name: "job " + at));
        }
    }

    [Fact]
    public async Task It_goes_on_at_the_offset_of_a_file_that_has_grown()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)) + "line 1");
        await StopBehind(10, 20);
        File.AppendAllText(_path, "0\n" + Text(Lines(11, 9)));

        Assert.Equal(Lines(0, 20), await Finish(20));
    }

    [Theory]
    [InlineData("access.log.1")]
    [InlineData("access.log-20260131")]
    [InlineData("access.2026-01-31.log")]
    [InlineData("elsewhere")]
    public async Task The_rest_of_a_file_that_was_rotated_comes_first(string rotated)
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        for (var at = 1; at < 10; at++)
        {
            await StopBehind(at, 15, name: "job " + at);
        }

        File.Move(_path, _folder.PathOf(rotated));
        File.WriteAllText(_path, Text(Lines(10, 5)));

        for (var at = 1; at < 10; at++)
        {
            Assert.Equal(Lines(0, 15), await Finish(15, name: "job " + at));
        }
    }

    [Theory]
    [InlineData("access.log.{0}", 4, 3, 2, 1)]
    [InlineData("access.log-2026013{0}", 0, 1, 2, 3)]
    public async Task Files_that_were_rotated_after_it_come_in_their_order(string name, int before, int oldest, int middle, int newest)
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        File.WriteAllText(_folder.PathOf(Named(name, before)), "older\n");
        await StopBehind(5, 30);

        File.Move(_path, _folder.PathOf(Named(name, oldest)));
        File.WriteAllText(_folder.PathOf(Named(name, middle)), Text(Lines(10, 5)));
        File.WriteAllText(_folder.PathOf(Named(name, newest)), Text(Lines(15, 5)) + "line 20"); // its last line has no ending
        File.WriteAllText(_folder.PathOf("access.log.swp"), "no log\n");
        File.WriteAllText(_folder.PathOf("other.log.1"), "another log\n");
        File.WriteAllText(_path, Text(Lines(21, 9)));

        Assert.Equal(Lines(0, 30), await Finish(30));
    }

    [Fact]
    public async Task A_copy_that_was_made_before_the_file_was_cut_is_read_on()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        await StopBehind(5, 20);

        File.Copy(_path, _folder.PathOf("access.log.1"));
        File.WriteAllText(_path, Text(Lines(10, 10))); // the same inode, and longer than the offset

        Assert.Equal(Lines(0, 20), await Finish(20));
    }

    [Fact]
    public async Task A_file_that_is_cut_while_it_runs_is_read_on_in_its_copy()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        var (run, seen) = await Start(20, s_often, "log");
        await seen.At(10);
        await Wait.For(run.CheckpointAsync()); // the follower knows what the file had before it is cut

        File.AppendAllText(_path, "line 1"); // of which the rest is in the copy only
        File.WriteAllText(_folder.PathOf("access.log.1"), Text(Lines(0, 15)));
        File.WriteAllText(_path, "");
        await seen.At(15); // the copy is read while the file is still empty
        File.AppendAllText(_path, Text(Lines(15, 1)));
        await seen.At(16);
        File.AppendAllText(_path, Text(Lines(16, 4)));

        Assert.Equal(Lines(0, 20), await Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_file_that_is_replaced_twice_between_two_looks_is_not_left_out()
    {
        File.WriteAllText(_path, Text(Lines(0, 5)));
        var (run, seen) = await Start(15, s_often, "log");
        await seen.At(5);

        // All at once for the follower: the name is there again only when both files are.
        File.Move(_path, _folder.PathOf("access.log.2"));
        File.WriteAllText(_folder.PathOf("made"), Text(Lines(10, 5)));
        File.WriteAllText(_folder.PathOf("access.log.1"), Text(Lines(5, 5)));
        File.Move(_folder.PathOf("made"), _path);

        Assert.Equal(Lines(0, 15), await Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_file_that_is_gone_fails_and_says_what_is_lost()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        await StopBehind(5, 15);
        File.Delete(_path);
        File.WriteAllText(_path, Text(Lines(10, 10)));

        var error = await Assert.ThrowsAsync<IOException>(() => Finish(15));

        Assert.Contains("when the job had read 35 bytes of it (5 lines in all) is not in its folder any more", error.Message, StringComparison.Ordinal);
        Assert.Contains("OnLostFile", error.Message, StringComparison.Ordinal);
        Assert.Equal([.. Lines(0, 5), .. Lines(10, 10)], await Finish(15, s_skipping));
    }

    [Fact]
    public async Task A_file_that_was_cut_fails_and_says_so()
    {
        File.WriteAllText(_path, Text(Lines(0, 5)));
        await StopBehind(5, 6);
        File.WriteAllText(_path, "new\n");

        var error = await Assert.ThrowsAsync<IOException>(() => Finish(6));

        Assert.Contains("was cut, or written again, since the job has read 35 bytes of it", error.Message, StringComparison.Ordinal);
        Assert.Equal([.. Lines(0, 5), "new"], await Finish(6, s_skipping));
    }

    [Fact]
    public async Task A_file_that_is_cut_while_it_runs_fails_the_run()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        var (run, seen) = await Start(20, s_often, "log");
        await seen.At(10);

        File.WriteAllText(_path, "new\n");

        Assert.Contains("was cut", (await Assert.ThrowsAsync<IOException>(() => Wait.For(run.Completion))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_compressed_before_it_was_read_is_named()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        await StopBehind(5, 15);
        File.Move(_path, _folder.PathOf("access.log.2"));
        File.WriteAllText(_folder.PathOf("access.log.1.gz"), "compressed");
        File.WriteAllText(_path, Text(Lines(10, 5)));

        var error = await Assert.ThrowsAsync<IOException>(() => Finish(15));

        Assert.Contains("access.log.1.gz", error.Message, StringComparison.Ordinal);
        Assert.Equal(Lines(0, 15), await Finish(15, s_skipping));
    }

    [Fact]
    public async Task A_checkpoint_is_taken_while_it_waits_for_more()
    {
        var (run, seen) = await Start(5, s_rarely, "log"); // there is no file yet
        await run.CheckpointAsync();
        await run.DisposeAsync();
        File.WriteAllText(_path, Text(Lines(0, 3)));
        (run, seen) = await Start(5, s_rarely, "log");
        await seen.At(3);
        await run.CheckpointAsync();
        await run.DisposeAsync();
        File.AppendAllText(_path, Text(Lines(3, 2)));

        Assert.Equal(Lines(0, 5), await Finish(5));
    }

    [Fact]
    public async Task A_file_that_is_read_once_and_is_another_one_now_is_refused()
    {
        File.WriteAllText(_path, Text(Lines(0, 10)));
        var (last, marked) = (new TaskCompletionSource(), new TaskCompletionSource<Task<CheckpointId>>());
        var started = new TaskCompletionSource<JobRun<List<string>>>();
        var job = Source.Lines(_path).SelectAsync(async (line, cancellation) =>
        {
            if (line == "line 4")
            {
                var running = await started.Task;
                marked.SetResult(running.CheckpointAsync(cancellationToken: CancellationToken.None)); // passes behind this line
                await last.Task.WaitAsync(cancellation);
            }

            if (line == "line 8")
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation); // until the run is ended
            }

            return line;
        }, 1, drain: true).To(Sink.ToList<string>()).AsJob("once", _store, s_byHand);
        var run = await job.StartAsync();
        started.SetResult(run);
        var taken = await Wait.For(marked.Task);
        last.SetResult();
        await Wait.For(taken);
        await run.DisposeAsync();
        File.WriteAllText(_path, Text(Lines(40, 20)));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => job.RunAsync());

        Assert.Contains("is not the file that the job has read up to byte", error.Message, StringComparison.Ordinal);
    }

    private static string Named(string name, int number) => string.Format(CultureInfo.InvariantCulture, name, number);

    private static string[] Lines(int first, int count) => [.. Enumerable.Range(first, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"line {i}"))];

    private static string Text(string[] lines, string ending = "\n") => string.Concat(lines.Select(line => line + ending));

    /// <summary>Runs until so many lines have come, and ends as by a crash right behind a checkpoint there.</summary>
    private async Task StopBehind(int line, int count, string name = "log")
    {
        var (run, _) = await Begin(Source.Lines(_path, follow: true, s_rarely), count, line, name);
        await run.DisposeAsync();
    }

    private async Task<List<string>> Finish(int count, LinesOptions? options = null, string name = "log")
    {
        var (run, _) = await Start(count, options ?? s_often, name);
        await using (run)
        {
            return await Wait.For(run.Completion);
        }
    }

    private Task<(JobRun<List<string>> Run, Seen Seen)> Start(int count, LinesOptions options, string name) => Begin(Source.Lines(_path, follow: true, options), count, 0, name);

    private async Task<(JobRun<List<string>> Run, Seen Seen)> Begin(Source<string> source, int count, int markAt, string name)
    {
        var (seen, started) = (new Seen(), new TaskCompletionSource<JobRun<List<string>>>());
        var marked = new TaskCompletionSource<Task<CheckpointId>>();
        var job = source.Select(line =>
        {
            if (seen.Add() == markAt)
            {
                marked.SetResult(started.Task.Result.CheckpointAsync());
            }

            return line;
        }).SelectAsync(static async (line, _) =>
        {
            await Task.Yield(); // lets the mark in between two lines
            return line;
        }, 1, drain: true).Take(count).To(Sink.ToList<string>()).AsJob(name, _store, s_byHand);
        var run = await job.StartAsync();
        started.SetResult(run);
        if (markAt > 0)
        {
            await Wait.For(await Wait.For(marked.Task));
        }

        return (run, seen);
    }

    /// <summary>Counts lines.</summary>
    private sealed class Seen
    {
        private readonly Lock _lock = new();
        private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
        private int _count;

        internal int Add()
        {
            lock (_lock)
            {
                _count++;
                _waits.ForEach(wait => _ = wait.Count <= _count && wait.Reached.TrySetResult());
                return _count;
            }
        }

        internal Task At(int count)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_lock)
            {
                _waits.Add((count, reached));
                if (_count >= count)
                {
                    reached.SetResult();
                }
            }

            return Wait.For(reached.Task, string.Create(CultureInfo.InvariantCulture, $"line {count}"));
        }
    }
}
