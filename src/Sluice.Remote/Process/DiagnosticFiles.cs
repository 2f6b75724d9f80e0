using System.Globalization;

namespace Sluice;

/// <summary>
/// The sockets and pipes that .NET's runtime makes for debuggers and tracers in the temporary folder. It removes them itself when a
/// process ends, but not when it is killed; tools must be able to trace a worker as any other program, so they are not turned off but removed.
/// </summary>
/// <remarks>Linux only: elsewhere names hold times that cannot be read in the same units from outside.</remarks>
internal sealed class DiagnosticFiles
{
    private readonly string[] _paths;

    private DiagnosticFiles(string[] paths) => _paths = paths;

    /// <summary>Those of a process that runs. A number is given again to later processes, so the names hold the time of its start too.</summary>
    internal static DiagnosticFiles Of(int process, string folder)
    {
        if (!OperatingSystem.IsLinux() || StartOf(process) is not { } start)
        {
            return new([]);
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"{process}-{start}");
        return new([.. new[] { $"dotnet-diagnostic-{key}-socket", $"clr-debug-pipe-{key}-in", $"clr-debug-pipe-{key}-out" }.Select(name => Path.Combine(folder, name))]);
    }

    internal void Remove()
    {
        foreach (var path in _paths)
        {
            try
            {
                File.Delete(path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The folder is gone, or belongs to someone else by now: the end of a worker must not fail for that.
            }
        }
    }

    /// <summary>The 22nd field of <c>/proc/N/stat</c>. The second one, a name in brackets, may hold blanks and brackets.</summary>
    private static string? StartOf(int process)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null; // It has ended and was reaped.
        }
    }
}
