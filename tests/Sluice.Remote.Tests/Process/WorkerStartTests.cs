using System.ComponentModel;
using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Workers of the test host: the program that they run is the tests'.</summary>
[Trait("Category", "Process")]
public sealed class WorkerStartTests
{
    [Fact]
    public async Task A_worker_is_another_process_and_knows_nothing_of_how_it_was_invited()
    {
        await using var worker = await Start(new() { StartupTimeout = Wait.Limit });

        var id = int.Parse(await Ask(worker, "id"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(worker.Id, id);
        Assert.NotEqual(Environment.ProcessId, id);
        Assert.Equal("(none)", await Ask(worker, "variable SLUICE_WORKER"));
        Assert.Equal("(none)", await Ask(worker, "native-variable SLUICE_WORKER"));
        Assert.Equal("(none)", await Ask(worker, "native-variable DOTNET_STARTUP_HOOKS"));
        Assert.Equal("", await Ask(worker, "hooks"));
        Assert.Equal("(not called)", await Ask(worker, "hook"));
    }

    [Fact]
    public async Task Environment_folder_and_arguments_are_the_given_ones_and_standard_input_is_empty()
    {
        using var folder = new TemporaryFolder();
        var options = new ProcessOptions
        {
            StartupTimeout = Wait.Limit,
            WorkingDirectory = folder.PathOf("."),
            Arguments = { "two words", "*" },
            Environment = { ["SLUICE_TEST"] = "a value", ["PATH_NOT_THERE"] = null, ["HOME"] = null, ["DOTNET_DiagnosticPorts"] = null },
        };
        await using var worker = await Start(options);

        Assert.Equal(Path.GetFileName(Path.GetDirectoryName(folder.PathOf("."))), Path.GetFileName(await Ask(worker, "folder")));
        Assert.Equal("two words|*", await Ask(worker, "arguments"));
        Assert.Equal("a value", await Ask(worker, "variable SLUICE_TEST"));
        Assert.Equal("(none)", await Ask(worker, "variable HOME"));
        Assert.Equal("-1", await Ask(worker, "input"));
    }

    [Fact]
    public async Task Memory_limit_and_niceness_hold_for_the_whole_worker()
    {
        await using var worker = await Start(new() { StartupTimeout = Wait.Limit, MemoryLimit = 100 << 20, Niceness = 19 });

        Assert.Equal($"{100 << 20}", await Ask(worker, "memory"));
        Assert.Equal("19", await Ask(worker, "niceness"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_up_hooks_of_the_user_run_too_and_do_not_see_the_invitation(bool byPath)
    {
        var hook = byPath ? typeof(WorkerStartTests).Assembly.Location : "Sluice.Remote.Tests";
        await using var worker = await Start(new() { StartupTimeout = Wait.Limit, Environment = { ["DOTNET_STARTUP_HOOKS"] = hook } });

        Assert.Equal("called with SLUICE_WORKER removed", await Ask(worker, "hook"));
        Assert.Equal(hook, await Ask(worker, "native-variable DOTNET_STARTUP_HOOKS"));
        Assert.Equal(hook, await Ask(worker, "hooks"));
    }

    [Fact]
    public async Task A_worker_that_takes_too_long_is_an_error_and_is_gone()
    {
        var options = new ProcessOptions { Executable = "sleep", Arguments = { "1000" }, StartupTimeout = TimeSpan.FromMilliseconds(100) };

        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Start(options));

        Assert.Contains("StartupTimeout", error.Message, StringComparison.Ordinal);
        Assert.Null(error.ExitCode);
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(error.ProcessId));
    }

    [Fact]
    public async Task A_worker_that_ends_before_it_is_connected_is_an_error_with_exit_code_and_last_lines()
    {
        var options = new ProcessOptions { StartupTimeout = Wait.Limit, Executable = "bash", Arguments = { "-c", "for i in {1..30}; do echo line $i >&2; done; exit 3" } };

        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Start(options));

        Assert.Equal(3, error.ExitCode);
        Assert.Equal(Enumerable.Range(11, 20).Select(number => $"line {number}"), error.LastErrorLines);
        Assert.Contains("exit code 3", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("line 30", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_dies_of_a_signal_before_it_is_connected_is_an_error_that_names_it()
    {
        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Start(new() { StartupTimeout = Wait.Limit, Executable = "bash", Arguments = { "-c", "kill -9 $$" } }));

        Assert.Equal(137, error.ExitCode);
        Assert.Contains("SIGKILL", error.Message, StringComparison.Ordinal);
        Assert.Empty(error.LastErrorLines);
    }

    [Fact]
    public async Task A_program_without_the_hook_s_assembly_is_an_error_that_says_so()
    {
        using var folder = new TemporaryFolder();
        var home = AppContext.BaseDirectory;
        File.Copy(Path.Combine(home, "testhost.dll"), folder.PathOf("testhost.dll"));
        File.Copy(Path.Combine(home, "Sluice.Remote.Tests.runtimeconfig.json"), folder.PathOf("testhost.runtimeconfig.json"));

        var error = await Assert.ThrowsAsync<WorkerLostException>(() => Start(new() { StartupTimeout = Wait.Limit, Executable = "dotnet", Arguments = { "exec", folder.PathOf("testhost.dll") } }));

        Assert.Contains(error.LastErrorLines, line => line.Contains("'Sluice.Remote'", StringComparison.Ordinal));
    }

    [Fact]
    public Task A_program_that_is_not_there_is_an_error() =>
        Assert.ThrowsAsync<Win32Exception>(() => Start(new() { StartupTimeout = Wait.Limit, Executable = "/there/is/no/such/program" }));

    [Fact]
    public async Task A_cancelled_start_ends_the_process()
    {
        using var folder = new TemporaryFolder();
        var fifo = folder.PathOf("fifo");
        using (var make = System.Diagnostics.Process.Start("mkfifo", fifo))
        {
            await Wait.For(make.WaitForExitAsync());
        }

        using var cancellation = new CancellationTokenSource();
        var start = WorkerProcess.StartAsync(new() { StartupTimeout = Wait.Limit, Executable = "bash", Arguments = { "-c", $"echo $$ > {fifo}; exec sleep 1000" } }, WorkerEntries.Answer, cancellation.Token);
        var output = await Wait.For(File.ReadAllTextAsync(fifo), "the number of the process");
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(start));
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(int.Parse(output, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_before_it_starts_nothing()
    {
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => WorkerProcess.StartAsync(new() { StartupTimeout = Wait.Limit, Executable = "/there/is/no/such/program" }, WorkerEntries.Answer, new CancellationToken(canceled: true)));

        Assert.True(error.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Only_a_static_method_without_type_arguments_is_an_entry()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => WorkerProcess.StartAsync(new(), socket => socket.Dispose(), default));
        await Assert.ThrowsAsync<ArgumentException>(() => WorkerProcess.StartAsync(new(), Generic<int>, default));
        await Assert.ThrowsAsync<ArgumentException>(() => WorkerProcess.StartAsync(new(), new List<Socket>().Add, default));
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { MemoryLimit = (16 << 20) - 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { Niceness = -21 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { Niceness = 20 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { StartupTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { StartupTimeout = TimeSpan.MaxValue });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessOptions { EndTimeout = TimeSpan.FromMilliseconds(-2) });
        Assert.Equal(Timeout.InfiniteTimeSpan, new ProcessOptions { StartupTimeout = Timeout.InfiniteTimeSpan }.StartupTimeout);
        Assert.Null(new ProcessOptions { MemoryLimit = null, Niceness = null }.MemoryLimit);
    }

    private static Task<WorkerProcess> Start(ProcessOptions options) => WorkerProcess.StartAsync(options, WorkerEntries.Answer, CancellationToken.None);

    private static Task<string> Ask(WorkerProcess worker, string question) => WorkerEntries.AskAsync(worker, question);

    private static void Generic<T>(Socket socket) => throw new InvalidOperationException($"{typeof(T)} {socket}");
}
