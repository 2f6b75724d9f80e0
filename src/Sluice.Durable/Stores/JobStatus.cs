namespace Sluice.Durable;

/// <summary>The status of a job in its store. A store keeps its number.</summary>
public enum JobStatus
{
    /// <summary>A run owns the job. If that run's process was killed, it is still this.</summary>
    Running = 1,

    /// <summary>Its last run has ended before the job was done: it was stopped or has failed.</summary>
    Stopped = 2,

    /// <summary>Its last run was suspended: nothing was closed, and the next run goes on.</summary>
    Suspended = 3,

    /// <summary>It is done, and its result is stored.</summary>
    Finished = 4,
}
