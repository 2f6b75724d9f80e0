using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>The worker processes of one test, told apart from those of others by a variable of their environment.</summary>
internal sealed class MarkedWorkers
{
    private const string Variable = "SLUICE_TEST_MARK";

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private int _killed;

    /// <summary>The number of workers killed.</summary>
    internal int Killed => Volatile.Read(ref _killed);

    /// <summary>Those that there are now, as Linux reports them.</summary>
    internal IReadOnlyList<int> Running => [.. Directory.GetDirectories("/proc/self/task")
        .SelectMany(static task => Read($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(int.Parse)
        .Where(process => Read($"/proc/{process}/environ").Contains(_mark, StringComparison.Ordinal))];

    internal ProcessOptions Mark(ProcessOptions options)
    {
        options.Environment[Variable] = _mark;
        return options;
    }

    /// <summary>Kills those that there are, as <c>kill -9</c> does.</summary>
    internal void Kill()
    {
        foreach (var id in Running)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                Interlocked.Increment(ref _killed);
            }
            catch (ArgumentException)
            {
                // It has ended by itself.
            }
        }
    }

    internal Task AreGone() => Wait.Until(() => Running.Count == 0, "no worker to be left");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended since
        }
    }
}
