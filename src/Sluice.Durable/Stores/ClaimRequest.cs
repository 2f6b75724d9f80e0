namespace Sluice.Durable;

/// <summary>A request for the next epoch of a job.</summary>
/// <param name="Owner">The run that wants to own the job.</param>
/// <param name="Lease">The time for which it owns the job without a word from it.</param>
/// <param name="TakeOver">True to take it from an owner that may still run.</param>
public sealed record ClaimRequest(JobOwner Owner, TimeSpan Lease, bool TakeOver)
{
    /// <summary>Decides whether the job is free: no run owns it, the owner is gone, or it is taken over.</summary>
    /// <param name="job">The job as it is stored.</param>
    /// <param name="leaseHasRunOut">True if the owner's lease has run out by the store's clock.</param>
    /// <param name="sessionHasEnded">True if the store knows that the owner's session with it has ended. Default false.</param>
    /// <exception cref="JobRunningException">Thrown: another run owns the job.</exception>
    public void Check(JobRecord job, bool leaseHasRunOut, bool sessionHasEnded = false)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.Status == JobStatus.Running && !TakeOver && !leaseHasRunOut && !sessionHasEnded && !job.Owner.IsGone())
        {
            throw new JobRunningException(job);
        }
    }
}
