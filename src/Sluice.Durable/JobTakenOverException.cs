namespace Sluice;

/// <summary>A newer run owns the job. The run that gets this has written nothing since, and ends.</summary>
public sealed class JobTakenOverException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="epoch">The epoch of the run that was overtaken.</param>
    /// <param name="newest">The epoch that owns the job now.</param>
    public JobTakenOverException(string job, long epoch, long newest)
        : base($"Job '{job}' was taken over: this is its run {epoch}, and run {newest} owns it now. This run has ended and writes nothing more; look for the other one, which was started later.")
    {
        Job = job;
        Epoch = epoch;
        NewestEpoch = newest;
    }

    /// <summary>The job's name.</summary>
    public string Job { get; }

    /// <summary>The epoch of the run that was overtaken.</summary>
    public long Epoch { get; }

    /// <summary>The epoch that owned the job when this was found.</summary>
    public long NewestEpoch { get; }
}
