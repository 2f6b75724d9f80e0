using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sluice.Bench;

/// <summary>A peer that is a program of its own: it does what it is asked to, such as to parse a file, one after the other, and says
/// how long that took. It is started once, so its start does not count.</summary>
internal sealed class ExternalProgram : IDisposable
{
    private readonly Process _process;

    private ExternalProgram(Process process) => _process = process;

    /// <summary>Compiles and starts <c>bench/expat.c</c>.</summary>
    /// <param name="folder">Where to put the program.</param>
    /// <param name="problem">Why not, if it cannot be.</param>
    /// <returns>The program; null if there is no C compiler, or Expat's header is not installed.</returns>
    internal static ExternalProgram? StartExpat(string folder, out string? problem)
    {
        var program = Path.Combine(folder, "expat");
        problem = Try("cc", ["-O2", "-o", program, InBench("expat.c"), "-lexpat"]) is { } error
            ? $"bench/expat.c cannot be compiled; it takes a C compiler and Expat's header (Debian: gcc, libexpat1-dev): {error}"
            : null;
        return problem is null ? Start(program) : null;
    }

    /// <summary>Starts <c>bench/buses.py</c>.</summary>
    /// <param name="problem">Why not, if it cannot be.</param>
    /// <returns>The program; null if there is no python3 with pyexpat.</returns>
    internal static ExternalProgram? StartPython(out string? problem)
    {
        problem = Try("python3", ["-c", "import pyexpat"]) is { } error ? $"bench/buses.py cannot be run; it takes python3 with pyexpat: {error}" : null;
        return problem is null ? Start("python3", InBench("buses.py")) : null;
    }

    /// <summary>Starts <c>bench/DurablePeers</c>, which is built with this program.</summary>
    internal static ExternalProgram StartDurablePeer(string peer, string database) =>
        Start("dotnet", Path.Combine(AppContext.BaseDirectory.Replace("Scenarios", "DurablePeers", StringComparison.Ordinal), "DurablePeers.dll"), peer, database);

    /// <summary>Has it do some work.</summary>
    /// <param name="work">Tells which: the path of a file to parse, a number of events.</param>
    /// <returns>The nanoseconds that it took, as the program measured them, and what came out of it.</returns>
    internal (double Nanoseconds, long Result) Ask(string work)
    {
        _process.StandardInput.WriteLine(work);
        _process.StandardInput.Flush();
        var answer = _process.StandardOutput.ReadLine()?.Split(' ') ?? throw new InvalidOperationException($"{_process.StartInfo.FileName} ended.");
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), long.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ExternalProgram Start(string program, params string[] arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What went wrong, in a line; null if nothing did.</returns>
    private static string? Try(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : errors.Trim().Split('\n')[0];
        }
        catch (Win32Exception error)
        {
            return error.Message;
        }
    }

    private static string InBench(string file, [CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "..", file));
}
