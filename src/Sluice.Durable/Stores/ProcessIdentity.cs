using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Sluice.Durable;

/// <summary>The identity of processes on this host: a process id is used again after a while, and after a restart of the host.</summary>
internal static class ProcessIdentity
{
    private static readonly bool s_hasProc = File.Exists("/proc/self/stat");

    internal static string Host { get; } = Environment.MachineName.Replace('|', '-');

    internal static string Boot { get; } = ReadBoot();

    internal static long OwnStart { get; } = StartOf(Environment.ProcessId) ?? 0;

    internal static bool IsRunning(int process, long start) => StartOf(process) == start;

    /// <summary>Two containers may have one host name and one start of the host, and do not see each other's processes.</summary>
    private static string ReadBoot() => s_hasProc
        ? $"{File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim()}/{new FileInfo("/proc/self/ns/pid").LinkTarget}"
        : "unknown";

    /// <summary>Null if there is no such process, also if it is dead and its parent has not looked yet.</summary>
    private static long? StartOf(int process)
    {
        if (s_hasProc)
        {
            try
            {
                // The name, the second field, may have spaces and parentheses in it.
                var stat = File.ReadAllText($"/proc/{process}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                return fields[0] is "Z" or "X" ? null : long.Parse(fields[19], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return null; // no such process, or it ended while its file was read
            }
        }

        try
        {
            using var found = Process.GetProcessById(process);
            return found.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            return null;
        }
        catch (Win32Exception)
        {
            return process == Environment.ProcessId ? 0 : null; // not ours to see, so it is none that we have started
        }
    }
}
