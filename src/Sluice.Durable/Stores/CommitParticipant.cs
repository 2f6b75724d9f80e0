namespace Sluice.Durable;

/// <summary>Work that is done within the transaction of a commit, such as the rows of a sink in the same database. Each store has its own kinds, which get its transaction.</summary>
public abstract class CommitParticipant
{
    /// <summary>The name of the sink that has the work, for messages.</summary>
    public required string Node { get; init; }
}
