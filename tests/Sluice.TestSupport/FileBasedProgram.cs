using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>A program of one file, run as a process of its own. Samples are built together (<see cref="ProgramSet.Samples"/>); others are built
/// and run by <c>dotnet run</c>, as a user would.</summary>
internal static class FileBasedProgram
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    internal static async Task<Outcome> Run(string file, params string[] arguments)
    {
        var command = await CommandAsync(file);
        return await Start(command[0], [.. command[1..], .. arguments]);
    }

    /// <summary>A program of a set, which the first call builds.</summary>
    internal static async Task<Outcome> Run(ProgramSet set, string program, params string[] arguments) =>
        await Start(await set.ExecutableOfAsync(program), arguments);

    /// <summary>The same in a working directory of its own.</summary>
    internal static async Task<Outcome> RunIn(string folder, ProgramSet set, string program) =>
        await Start(await set.ExecutableOfAsync(program), [], start => start.WorkingDirectory = folder);

    /// <summary>The same as for a file by <c>dotnet run</c>, also for a sample.</summary>
    internal static Task<Outcome> RunAsUser(string file, params string[] arguments)
    {
        var command = DotnetRun(file);
        return Start(command[0], [.. command[1..], .. arguments]);
    }

    /// <summary>The same behind a shell's pipe, which may close early. The exit code is the program's.</summary>
    internal static async Task<Outcome> RunInto(string reader, string file, params string[] arguments) =>
        await Start("bash", ["-c", $"set -o pipefail; {Quoted([.. await CommandAsync(file), .. arguments])} | {reader}"]);

    /// <summary>The same with standard input from a file or a named pipe, after a command of the shell.</summary>
    internal static async Task<Outcome> RunFrom(string input, string file, string before = ":", string arguments = "") =>
        await Start("bash", ["-c", $"{before} && {Quoted(await CommandAsync(file))} {arguments} < '{input}'"]);

    /// <summary>Any program, to its end.</summary>
    internal static async Task<Outcome> Start(string program, IEnumerable<string> arguments, Action<ProcessStartInfo>? change = null)
    {
        using var process = Launch(program, arguments, change);
        using var limit = new CancellationTokenSource(s_limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Outcome(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{program} {string.Join(' ', arguments)}' did not end within {s_limit}.");
        }
    }

    /// <summary>Any program, for the caller to read from and to end.</summary>
    internal static Process Launch(string program, IEnumerable<string> arguments, Action<ProcessStartInfo>? change = null)
    {
        // A shell without job control starts background programs with SIGINT and SIGQUIT ignored, and all that this starts
        // inherits it, the tests too. Programs get the signals as in a terminal.
        string[] command = [.. OperatingSystem.IsLinux() ? ["env", "--default-signal=INT,QUIT"] : (string[])[], program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        };

        // What the test host sets for itself is not for its children.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        change?.Invoke(start);
        return Process.Start(start)!;
    }

    private static async Task<string[]> CommandAsync(string file) =>
        Path.GetDirectoryName(file) == "samples" ? [await ProgramSet.Samples.ExecutableOfAsync(Path.GetFileNameWithoutExtension(file))] : DotnetRun(file);

    private static string[] DotnetRun(string file) => ["dotnet", "run", "--configuration", ProgramSet.Configuration, file, "--"];

    private static string Quoted(IEnumerable<string> words) => string.Join(' ', words.Select(word => $"'{word}'"));

    internal sealed record Outcome(int ExitCode, string Output, string Error);
}
