using System.Globalization;

namespace Sluice.Tool.Jobs;

/// <summary>The state of a job in words.</summary>
internal static class StoredJobText
{
    /// <summary>Returns whether a run owns the job and may go on: its process is not gone, and its lease has not run out. What a store knows besides, such as the end of a session with it, comes out when the job is changed.</summary>
    internal static bool IsOwned(JobRecord job, DateTimeOffset now) => job.Status == JobStatus.Running && !job.Owner.IsGone() && job.LeaseEnd > now;

    internal static string State(JobRecord job, DateTimeOffset now) => job.Status switch
    {
        JobStatus.Running when IsOwned(job, now) => string.Create(CultureInfo.InvariantCulture, $"running: run {job.Epoch}, process {job.Owner.ProcessId} on {job.Owner.Host}"),
        JobStatus.Running when job.Owner.IsGone() => "free: its process has ended",
        JobStatus.Running => "free: its lease has run out",
        JobStatus.Stopped => "stopped",
        JobStatus.Suspended => "suspended",
        JobStatus.Finished => "finished",
        _ => throw new ToolException($"Job '{job.Name}' has the status {job.Status}, which this tool does not know."),
    };

    /// <summary>A job that is owned cannot be changed.</summary>
    internal static string Running(JobRecord job) => string.Create(CultureInfo.InvariantCulture,
        $"Job '{job.Name}' is running: run {job.Epoch}, in process {job.Owner.ProcessId} on host {job.Owner.Host}, since {job.Since:yyyy-MM-dd HH:mm:ss} UTC. End that process, or wait until its lease runs out at {job.LeaseEnd:HH:mm:ss} UTC. delete and import take it from that run with --force.");

    /// <summary>The time since then, in its largest unit.</summary>
    internal static string Age(TimeSpan age)
    {
        var (count, unit) = age switch
        {
            { TotalMinutes: < 1 } => (Math.Max(0, age.TotalSeconds), "s"), // the clock of the run may be ahead
            { TotalHours: < 1 } => (age.TotalMinutes, "min"),
            { TotalDays: < 1 } => (age.TotalHours, "h"),
            _ => (age.TotalDays, "d"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{(long)count} {unit}");
    }
}
