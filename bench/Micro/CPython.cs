using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Bench;

/// <summary>A python3 that runs the loops of <c>bench/generators.py</c> on demand: started once, asked over its pipes.</summary>
internal sealed class CPython : IDisposable
{
    private readonly Process _process;

    private CPython(Process process) => _process = process;

    internal static bool IsPresent
    {
        get
        {
            try
            {
                using var python = Start("--version");
                python._process.WaitForExit();
                return python._process.ExitCode == 0;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    internal static CPython StartScript() => Start(ScriptPath());

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    internal long Run(string loop, int steps)
    {
        _process.StandardInput.WriteLine($"{loop} {steps}");
        _process.StandardInput.Flush();
        return long.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("python3 ended."), null);
    }

    private static CPython Start(string argument) =>
        new(Process.Start(new ProcessStartInfo("python3", argument) { RedirectStandardInput = true, RedirectStandardOutput = true })!);

    private static string ScriptPath([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "generators.py");
}
