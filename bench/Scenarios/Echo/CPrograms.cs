using System.ComponentModel;
using System.Diagnostics;

namespace Sluice.Bench;

/// <summary>The programs in C of <c>bench/echo</c>, compiled into a temporary folder.</summary>
internal sealed class CPrograms : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sluice-echo-");

    internal static bool HasCompiler
    {
        get
        {
            try
            {
                Run("--version");
                return true;
            }
            catch (Win32Exception)
            {
                return false;
            }
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>The path of the compiled program.</summary>
    internal string Compile(string name)
    {
        var program = Path.Combine(_folder.FullName, name);
        Run("-O2", "-o", program, EchoFiles.PathOf(name + ".c"));
        return program;
    }

    private static void Run(params IEnumerable<string> arguments)
    {
        using var compiler = Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardOutput = true })!;
        if (!compiler.WaitForExit(s_patience))
        {
            compiler.Kill();
            throw new TimeoutException("The C compiler does not come to an end.");
        }

        if (compiler.ExitCode != 0)
        {
            throw new InvalidOperationException($"The C compiler failed with exit code {compiler.ExitCode}.");
        }
    }
}
