using System.Globalization;
using System.Net.Sockets;

namespace Sluice.Tests;

[Trait("Category", "Process")]
public sealed class WorkerEndTests
{
    [Fact]
    public async Task A_worker_that_is_asked_to_end_ends_by_itself()
    {
        var worker = await Start(WorkerEntries.Answer);
        await worker.DisposeAsync();

        var exit = await worker.Exited;
        Assert.Equal((0, true, worker.Id), (exit.ExitCode, exit.WasAsked, exit.Id));
        await worker.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_ends_when_its_method_returns_with_the_exit_code_that_it_has_set()
    {
        await using var worker = await Start(WorkerEntries.EndWithCode);

        var exit = await Wait.For(worker.Exited);
        Assert.Equal((WorkerEntries.SecretCode, false), (exit.ExitCode, exit.WasAsked));
        Assert.Equal("ended with exit code 7", exit.Words);
    }

    [Fact]
    public async Task A_worker_whose_method_throws_ends_with_the_error_on_standard_error()
    {
        await using var worker = await Start(WorkerEntries.Fail);

        var exit = await Wait.For(worker.Exited);
        Assert.Equal("failed with an exception", exit.Words);
        Assert.Contains(exit.LastErrorLines, line => line.Contains("There is Unix in my soup.", StringComparison.Ordinal));
        var error = new WorkerLostException(exit, "in the middle");
        Assert.Contains("my soup", error.Message, StringComparison.Ordinal);
        Assert.Equal((worker.Id, exit.ExitCode), (error.ProcessId, error.ExitCode));
    }

    [Fact]
    public async Task A_worker_that_heeds_nothing_is_killed_after_the_time_that_it_has_to_end()
    {
        var worker = await Start(WorkerEntries.Spin, new() { StartupTimeout = Wait.Limit, EndTimeout = TimeSpan.FromMilliseconds(50) });
        Assert.Equal("spinning", await WorkerEntries.HearAsync(worker));
        await worker.DisposeAsync();

        var exit = await worker.Exited;
        Assert.Equal(("was killed by signal 9 (SIGKILL)", true), (exit.Words, exit.WasAsked));
    }

    [Fact]
    public async Task A_worker_that_somebody_else_kills_is_told_so_and_leaves_no_file()
    {
        await using var worker = await Start(WorkerEntries.Answer);
        var files = new RuntimeFiles(worker.Id);
        System.Diagnostics.Process.GetProcessById(worker.Id).Kill();

        var exit = await Wait.For(worker.Exited);
        Assert.Equal(("was killed by signal 9 (SIGKILL)", false, 137), (exit.Words, exit.WasAsked, exit.ExitCode));
        Assert.Empty(files.Sockets.Concat(files.Pipes));
        Assert.Equal(0, await worker.Socket.ReceiveAsync(new byte[1]));
    }

    /// <summary>Else the test above would find none of another name either.</summary>
    [Fact]
    public async Task A_running_worker_can_be_traced_and_debugged()
    {
        await using var worker = await Start(WorkerEntries.Answer);

        var files = new RuntimeFiles(worker.Id);
        Assert.Single(files.Sockets);
        Assert.Equal(2, files.Pipes.Length);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("dispose")]
    [InlineData("lost")]
    public async Task What_a_worker_has_started_ends_with_it(string how)
    {
        await using var worker = await Start(WorkerEntries.StartAnother);
        var other = int.Parse(await WorkerEntries.HearAsync(worker), CultureInfo.InvariantCulture);
        switch (how)
        {
            case "kill":
                worker.Kill();
                break;
            case "dispose":
                await worker.DisposeAsync();
                break;
            default:
                System.Diagnostics.Process.GetProcessById(worker.Id).Kill();
                break;
        }

        Assert.Equal(how != "lost", (await Wait.For(worker.Exited)).WasAsked);
        await WorkerEntries.EndOf(other);
        worker.Kill();
    }

    private static Task<WorkerProcess> Start(Action<Socket> entry, ProcessOptions? options = null) => WorkerProcess.StartAsync(options ?? new() { StartupTimeout = Wait.Limit }, entry, CancellationToken.None);
}
