using System.Globalization;

namespace Sluice.Durable;

/// <summary>Another run owns the job, and may still go on.</summary>
public sealed class JobRunningException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="job">The job as it is stored.</param>
    public JobRunningException(JobRecord job)
        : base(MessageOf(job ?? throw new ArgumentNullException(nameof(job)))) => Job = job;

    /// <summary>The job as it is stored, with its owner.</summary>
    public JobRecord Job { get; }

    private static string MessageOf(JobRecord job) => string.Create(CultureInfo.InvariantCulture,
        $"Job '{job.Name}' is running: run {job.Epoch}, in process {job.Owner.ProcessId} on host {job.Owner.Host}, since {job.Since:yyyy-MM-dd HH:mm:ss} UTC. End that process, or wait until its lease runs out at {job.LeaseEnd:HH:mm:ss} UTC: a process that was killed on this host is found at once. To take the job from it, open it with TakeOver; the other run then ends by itself.");
}
