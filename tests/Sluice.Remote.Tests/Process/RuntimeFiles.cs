namespace Sluice.Tests;

/// <summary>Finds the files that the runtime makes for debuggers and tracers of one process. Their names hold its number and the time of its
/// start: a process that was killed at another time may have had the same number and has left its files.</summary>
internal sealed class RuntimeFiles
{
    private readonly string _key;

    /// <param name="process">The number of a process that runs.</param>
    internal RuntimeFiles(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        _key = $"{process}-{stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}"; // the 22nd field; the second one may hold blanks
    }

    internal string[] Sockets => Directory.GetFileSystemEntries(Path.GetTempPath(), $"dotnet-diagnostic-{_key}-*");

    internal string[] Pipes => Directory.GetFileSystemEntries(Path.GetTempPath(), $"clr-debug-pipe-{_key}-*");
}
