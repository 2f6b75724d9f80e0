using System.Collections.Concurrent;
using System.Globalization;

namespace Sluice.Durable;

/// <summary>The owner of a job: one run in one process. It is stored, so that another process can find out whether it is gone.</summary>
/// <param name="Host">The name of the host.</param>
/// <param name="ProcessId">The id of the process.</param>
/// <param name="ProcessStart">The start of the process, in a unit that only comparisons on the same host need.</param>
/// <param name="Boot">The identity of the host's start, and of the processes that see each other there.</param>
/// <param name="Instance">The run within the process.</param>
/// <remarks>Thread safety: any thread.</remarks>
public sealed record JobOwner(string Host, int ProcessId, long ProcessStart, string Boot, Guid Instance)
{
    private static readonly ConcurrentDictionary<Guid, JobOwner> s_runningHere = new();

    /// <summary>Makes an owner for one run of this process.</summary>
    /// <returns>The owner.</returns>
    public static JobOwner Create() => new(ProcessIdentity.Host, Environment.ProcessId, ProcessIdentity.OwnStart, ProcessIdentity.Boot, Guid.NewGuid());

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The owner.</returns>
    /// <exception cref="FormatException">Thrown: the text is no owner.</exception>
    public static JobOwner Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('|');
        return parts.Length == 5 && int.TryParse(parts[1], CultureInfo.InvariantCulture, out var process) && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var start) && Guid.TryParse(parts[4], out var instance)
            ? new JobOwner(parts[0], process, start, parts[3], instance)
            : throw new FormatException($"'{text}' is no owner of a job: it is written host|process|start|boot|instance.");
    }

    /// <summary>Looks for the owner on this host.</summary>
    /// <returns>True if it was a run on this host that has ended: its process is dead, or is this one, which does not run it any more. False if it runs, or is on another host.</returns>
    public bool IsGone()
    {
        if (Host != ProcessIdentity.Host || Boot != ProcessIdentity.Boot)
        {
            return false;
        }

        return ProcessId == Environment.ProcessId && ProcessStart == ProcessIdentity.OwnStart
            ? !s_runningHere.ContainsKey(Instance)
            : !ProcessIdentity.IsRunning(ProcessId, ProcessStart);
    }

    /// <summary>Writes the owner as one text.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}|{ProcessId}|{ProcessStart}|{Boot}|{Instance:N}");

    internal void BeginRunning() => s_runningHere[Instance] = this;

    internal void EndRunning() => s_runningHere.TryRemove(Instance, out _);
}
