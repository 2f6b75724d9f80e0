using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Sluice.Tests;

/// <summary>Child processes of a loop, and files beside it. The programs are those of every Unix.</summary>
[Trait("Category", "Process")]
public sealed class LoopProcessTests
{
    [Fact]
    public void What_is_written_is_read_back_line_by_line() => Run(async () =>
    {
        await using var cat = await LoopProcess.StartAsync("cat");
        for (var i = 0; i < 10; i++)
        {
            await cat.WriteLineAsync($"line {i}");
            Assert.Equal($"line {i}", await cat.ReadLineAsync());
        }

        await cat.WriteAsync("no end"u8.ToArray());
        cat.CloseInput();
        cat.CloseInput();
        Assert.Equal("no end", await cat.ReadLineAsync());
        Assert.Null(await cat.ReadLineAsync());
        Assert.Equal(0, await cat.WaitAsync());
    });

    [Fact]
    public void Much_goes_in_and_out_at_the_same_time() => Run(async () =>
    {
        var data = Seed.Bytes(3_000_000);
        var (received, buffer) = (new MemoryStream(), new byte[10_000]);
        await using var cat = await LoopProcess.StartAsync("cat");
        await TaskGroup.RunAsync(async group =>
        {
            group.Start(async () =>
            {
                await cat.WriteAsync(data);
                cat.CloseInput();
            });
            for (var count = await cat.ReadAsync(buffer); count > 0; count = await cat.ReadAsync(buffer))
            {
                received.Write(buffer, 0, count);
            }
        });
        Assert.Equal(data, received.ToArray());
    });

    [Fact]
    public void The_exit_code_and_standard_error_are_told() => Run(async () =>
    {
        await using var shell = await LoopProcess.StartAsync(new ProcessStartInfo("sh", ["-c", "echo to err >&2; echo to out; exit 7"]) { RedirectStandardError = true });
        Assert.Equal("to err", await shell.ReadErrorLineAsync());
        Assert.Equal("to out", await shell.ReadLineAsync());
        Assert.Null(await shell.ReadErrorLineAsync());
        Assert.Equal(7, await shell.WaitAsync());
        Assert.Equal(7, await shell.WaitAsync());
        await shell.KillAsync(); // does nothing any more
        Assert.StartsWith($"process {shell.Id} (sh)", shell.ToString(), StringComparison.Ordinal);
    });

    [Fact]
    public void Killing_takes_the_descendants_too() => Run(async () =>
    {
        await using var shell = await LoopProcess.StartAsync("sh", "-c", "sleep 1000 & echo ready; wait");
        Assert.Equal("ready", await shell.ReadLineAsync());
        await shell.KillAsync();
        Assert.Null(await shell.ReadLineAsync()); // no one holds the other end of the pipe
        Assert.Equal(137, await shell.WaitAsync());
    });

    [Fact]
    public void A_time_limit_on_the_wait_kills() => Run(async () =>
    {
        await using var sleep = await LoopProcess.StartAsync("sleep", "1000");
        var code = await CancelScope.MoveOnAfter(TimeSpan.FromMilliseconds(20)).RunAsync(sleep.WaitAsync, whenCancelled: -1);
        Assert.Equal(-1, code);
        Assert.Equal(137, await sleep.WaitAsync());
    });

    [Fact]
    public void Leaving_the_block_kills_also_when_the_scope_was_cancelled() => Run(async () =>
    {
        var (scope, ready, id) = (new CancelScope(), new LoopEvent(), 0);
        await TaskGroup.RunAsync(async group =>
        {
            group.Start(() => scope.RunAsync(async () =>
            {
                await using var sleep = await LoopProcess.StartAsync("sleep", "1000");
                id = sleep.Id;
                ready.Set();
                await sleep.ReadLineAsync();
            }));
            await ready.WaitAsync();
            await EventLoop.YieldAsync();
            scope.Cancel();
        });
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id)); // not even a zombie
    });

    [Fact]
    public void A_read_that_is_cancelled_loses_nothing() => Run(async () =>
    {
        await using var cat = await LoopProcess.StartAsync("cat");
        for (var i = 0; i < 5; i++)
        {
            var scope = new CancelScope();
            var reading = scope.RunAsync(async () => await cat.ReadLineAsync());
            await cat.WriteAsync("first"u8.ToArray());
            await EventLoop.YieldAsync();
            scope.Cancel();
            Assert.Null(await reading);
            await cat.WriteLineAsync(" second");
            Assert.Equal("first second", await cat.ReadLineAsync());
        }
    });

    [Fact]
    public void Errors_are_clear() => Run(async () =>
    {
        await Assert.ThrowsAsync<Win32Exception>(() => LoopProcess.StartAsync("there-is-no-such-program"));
        var done = await LoopProcess.StartAsync("true");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await done.ReadErrorLineAsync());
        await done.WaitAsync();
        await Assert.ThrowsAsync<IOException>(async () => await done.WriteLineAsync("anybody?"));
        await EventLoop.RunInThreadAsync(() => Assert.Throws<InvalidOperationException>(done.CloseInput));
        await done.DisposeAsync();
        await done.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(done.WaitAsync);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await done.ReadLineAsync());
    });

    [Fact]
    public void Files_are_awaited_on_the_loop() => Run(async () =>
    {
        using var folder = new TemporaryFolder();
        var (thread, path) = (Environment.CurrentManagedThreadId, folder.PathOf("file"));
        await File.WriteAllTextAsync(path, "text", Encoding.UTF8, CancelScope.Current.Token);
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        Assert.Equal("text", await EventLoop.RunInThreadAsync(() => File.ReadAllText(path)));
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
        Assert.Equal("text", await File.ReadAllTextAsync(path, CancelScope.Current.Token));
        Assert.Equal(thread, Environment.CurrentManagedThreadId);
    });

    [Fact]
    public void A_file_that_makes_its_reader_wait_does_not_hold_up_the_loop() => Run(async () =>
    {
        using var folder = new TemporaryFolder();
        var pipe = folder.PathOf("pipe");
        await using var make = await LoopProcess.StartAsync("mkfifo", pipe);
        Assert.Equal(0, await make.WaitAsync());
        var reading = EventLoop.RunInThreadAsync(() => File.ReadAllText(pipe));
        for (var i = 0; i < 10; i++)
        {
            await EventLoop.YieldAsync();
        }

        Assert.False(reading.IsCompleted);
        await using var writer = await LoopProcess.StartAsync("sh", "-c", $"printf text > '{pipe}'");
        Assert.Equal("text", await reading);
    });

    private static void Run(Func<Task> main)
    {
        if (!OperatingSystem.IsWindows())
        {
            OnLoop.Run(main, new EventLoopOptions { HandleSignals = false });
        }
    }
}
