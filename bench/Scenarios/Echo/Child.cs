using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Sluice.Bench;

/// <summary>A child process that is spoken to in lines. It ends with its standard input, and so with this process, however that
/// ends.</summary>
internal sealed class Child : IDisposable
{
    private const string Absent = "absent: ";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_patienceAtEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private Child(Process process) => _process = process;

    /// <summary>The first line of one that was started by <see cref="StartIfPresent"/>.</summary>
    internal string Hello { get; private set; } = "";

    /// <summary>Takes bytes that are no lines.</summary>
    internal Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Gives bytes that are no lines.</summary>
    internal Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>User and system time so far.</summary>
    internal TimeSpan CpuTime => _process.TotalProcessorTime;

    /// <summary>From where the count is exact; others are gathered for each thread and late.</summary>
    internal long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/smaps_rollup").First(static line => line.StartsWith("Rss:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <exception cref="Win32Exception">Thrown: there is no such program.</exception>
    internal static Child Start(string program, params IEnumerable<string> arguments) =>
        new(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    /// <summary>This program again.</summary>
    internal static Child StartSelf(params IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath!;
        return Path.GetFileNameWithoutExtension(program) == "dotnet"
            ? Start(program, [Assembly.GetEntryAssembly()!.Location, .. arguments])
            : Start(program, arguments);
    }

    /// <summary>The system's own Python, for which distributions package uvloop; else the first one.</summary>
    internal static Child StartPython(params IEnumerable<string> arguments) =>
        Start(File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3", arguments);

    /// <summary>Starts one that says hello. Null, and the reason is printed, if the program is not on this machine, or says that
    /// something it needs is not.</summary>
    internal static Child? StartIfPresent(string name, Func<Child> start)
    {
        Child? child = null;
        string reason;
        try
        {
            child = start();
            child.Hello = child.Answer();
            if (!child.Hello.StartsWith(Absent, StringComparison.Ordinal))
            {
                return child;
            }

            reason = child.Hello[Absent.Length..];
        }
        catch (Win32Exception error)
        {
            reason = error.Message;
        }
        catch
        {
            child?.Dispose();
            throw;
        }

        child?.Dispose();
        Console.WriteLine($"Left out: {name}: {reason}.");
        Console.WriteLine();
        return null;
    }

    internal string Ask(string line)
    {
        Tell(line);
        return Answer();
    }

    internal void Tell(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    /// <exception cref="EndOfStreamException">Thrown: the child ended; it has told why on standard error.</exception>
    internal string Answer() =>
        _process.StandardOutput.ReadLineAsync().WaitAsync(s_patience).GetAwaiter().GetResult()
        ?? throw new EndOfStreamException($"'{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}' ended without an answer.");

    public void Dispose()
    {
        _process.StandardInput.Dispose();
        if (!_process.WaitForExit(s_patienceAtEnd))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
