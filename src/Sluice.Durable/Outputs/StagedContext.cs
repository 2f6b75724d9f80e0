using Sluice.Durable;

namespace Sluice;

/// <summary>The place of a sink: which job and which node it is of.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class StagedContext
{
    private readonly JobSession? _session;

    internal StagedContext(JobSession? session, string sink) => (_session, Sink) = (session, sink);

    /// <summary>The name of the job; null in a run without one, which nothing goes on from.</summary>
    public string? Job => _session?.Job;

    /// <summary>The number of the job's run; 0 without a job.</summary>
    public long Epoch => _session?.Epoch ?? 0;

    /// <summary>The name of the sink's node.</summary>
    public string Sink { get; }

    /// <summary>Finds out whether the job's store takes this work into the transaction of a checkpoint: it is of the same database.</summary>
    /// <param name="participant">The work.</param>
    /// <returns>True if it does; false in a run without a job.</returns>
    public bool Supports(CommitParticipant participant)
    {
        ArgumentNullException.ThrowIfNull(participant);
        return _session?.Supports(participant) ?? false;
    }
}
