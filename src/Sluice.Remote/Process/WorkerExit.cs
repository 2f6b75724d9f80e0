using System.Globalization;

namespace Sluice;

/// <summary>Describes how a worker process ended.</summary>
/// <param name="Id">The process's number.</param>
/// <param name="ExitCode">Its exit code; on Unix 128 and the signal's number if it died of one.</param>
/// <param name="LastErrorLines">The last lines of its standard error: at most 20.</param>
/// <param name="WasAsked">Whether this process asked it to end, or killed it.</param>
internal sealed record WorkerExit(int Id, int ExitCode, IReadOnlyList<string> LastErrorLines, bool WasAsked)
{
    /// <summary>The reason why this process's own standard output or error did not take the worker's output; null if it did.</summary>
    internal Exception? OutputFailure { get; init; }

    /// <summary>The exit code in words, such as <c>was killed by signal 9 (SIGKILL)</c>.</summary>
    internal string Words => ExitCode switch
    {
        0 => "ended (exit code 0)",
        WorkerExitCode.NoHook => "would have run Main again (start-up hooks are disabled there)",
        WorkerExitCode.NoParent => "lost its parent",
        WorkerExitCode.EntryFailed => "failed with an exception",
        _ when Signal is { } signal => $"was killed by signal {signal}",
        _ => string.Create(CultureInfo.InvariantCulture, $"ended with exit code {ExitCode}"),
    };

    // Only those that programs die of, and whose numbers are the same on all systems: the dotnet host too ends with codes from 129 on.
    private string? Signal => OperatingSystem.IsWindows() ? null : (ExitCode - 128) switch
    {
        6 => "6 (SIGABRT)",
        9 => "9 (SIGKILL)",
        11 => "11 (SIGSEGV)",
        15 => "15 (SIGTERM)",
        _ => null,
    };
}

/// <summary>With what a worker ends that does not end as it should; apart from what shells and common programs use.</summary>
internal static class WorkerExitCode
{
    internal const int NoHook = 117;
    internal const int NoParent = 118;
    internal const int EntryFailed = 119;
}
