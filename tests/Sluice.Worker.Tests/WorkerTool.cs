using System.Diagnostics;
using System.Net;
using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The tool <c>Sluice.Worker</c> as a process, which hosts this test application.</summary>
internal sealed class WorkerTool : IAsyncDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly List<string> _seen = [];
    private readonly Task _reading;

    private WorkerTool(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>The program of this application, as it is deployed.</summary>
    internal static string Application { get; } = typeof(WorkerTool).Assembly.Location;

    internal int Id => _process.Id;

    internal IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Waits until it listens, on a port that the system chooses.</summary>
    internal static async Task<WorkerTool> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var tool = new WorkerTool(Launch(environment, ["listen", "--app", Application, "--address", "127.0.0.1:0", .. arguments]));
        var ready = await Wait.For(tool._process.StandardOutput.ReadLineAsync(), "the tool listens");
        Assert.True(ready?.StartsWith("listening on 127.0.0.1:", StringComparison.Ordinal), $"{ready}{(ready is null ? await tool._process.StandardError.ReadToEndAsync() : "")}");
        tool.Address = IPEndPoint.Parse(ready!.Split(' ')[^1]);
        return tool;
    }

    /// <summary>Runs it to its end, which is near.</summary>
    internal static async Task<FileBasedProgram.Outcome> RunAsync(params string[] arguments)
    {
        using var process = Launch(new Dictionary<string, string>(), arguments);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Wait.For(process.WaitForExitAsync(), $"the end of Sluice.Worker {string.Join(' ', arguments)}");
            return new(process.ExitCode, await output, await error);
        }
        finally
        {
            process.Kill();
        }
    }

    internal static string WriteSecret(TemporaryFolder folder, string secret, UnixFileMode mode)
    {
        var file = folder.Write("secret", secret + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, mode);
        }

        return file;
    }

    /// <summary>The next line of its log that contains the text.</summary>
    internal async Task<string> LineAsync(string text)
    {
        while (true)
        {
            var line = await Wait.For(_lines.Reader.ReadAsync().AsTask(), $"a line of the log with '{text}'");
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }
    }

    /// <summary>Asks it to end, as a service's host does.</summary>
    internal async Task<(int ExitCode, IReadOnlyList<string> Log)> TerminateAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{Id}"]))
        {
            await Wait.For(kill.WaitForExitAsync(), "kill");
        }

        await Wait.For(_process.WaitForExitAsync(), "the tool ends at SIGTERM");
        await Wait.For(_reading, "the end of the log");
        return (_process.ExitCode, _seen);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await Wait.For(_reading, "the end of the log");
        _process.Dispose();
    }

    private static Process Launch(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var tool = Repository.PathOf("src", "Sluice.Worker", "bin", Configuration, "net10.0", "Sluice.Worker.dll");
        var start = new ProcessStartInfo("dotnet", [tool, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _seen.Add(line);
            _lines.Writer.TryWrite(line);
        }

        _lines.Writer.Complete();
    }
}
