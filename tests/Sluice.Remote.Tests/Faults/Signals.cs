using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>Signals of Unix to a process.</summary>
internal static class Signals
{
    internal static void Send(int process, string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process}"]);
        kill.WaitForExit();
    }
}
