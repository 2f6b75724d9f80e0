using System.Diagnostics;
using System.Globalization;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>A process that runs <see cref="StoreOwnerProgram"/>.</summary>
internal sealed class OwnerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private OwnerProcess(Process process) => _process = process;

    internal static OwnerProcess Start(string assembly, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        return new OwnerProcess(Process.Start(start)!);
    }

    /// <summary>Waits until it has committed some more checkpoints.</summary>
    internal async Task CommitsAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var line = await Wait.For(_process.StandardOutput.ReadLineAsync(), "the next checkpoint of the other process");
            Assert.True(long.TryParse(line, CultureInfo.InvariantCulture, out _), line ?? await _process.StandardError.ReadToEndAsync());
        }
    }

    /// <summary>Waits until it has committed some more checkpoints. False if it has written this line before.</summary>
    internal async Task<bool> TryCommitsAsync(int count, string end)
    {
        for (var i = 0; i < count; i++)
        {
            var line = await Wait.For(_process.StandardOutput.ReadLineAsync(), "the next checkpoint of the other process");
            if (line == end)
            {
                return false;
            }

            Assert.True(long.TryParse(line, CultureInfo.InvariantCulture, out _), line ?? await _process.StandardError.ReadToEndAsync());
        }

        return true;
    }

    internal async Task KillAsync()
    {
        _process.Kill();
        await Wait.For(_process.WaitForExitAsync(), "the end of the other process");
    }

    internal Task FreezeAsync() => SignalAsync("STOP");

    internal Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Waits for its end.</summary>
    internal async Task<(int ExitCode, string LastLine)> EndAsync()
    {
        var output = await Wait.For(_process.StandardOutput.ReadToEndAsync(), "the end of the other process");
        await Wait.For(_process.WaitForExitAsync(), "the end of the other process");
        return (_process.ExitCode, output.TrimEnd().Split('\n')[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await Wait.For(kill.WaitForExitAsync(), $"kill -{signal}");
        Assert.Equal(0, kill.ExitCode);
    }
}
