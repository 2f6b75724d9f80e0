namespace Sluice.Durable;

/// <summary>The commit of one checkpoint: its number and the last of its rows, which are written in the same transaction.</summary>
/// <remarks>Thread safety: it must not change while it is committed.</remarks>
public sealed class CheckpointCommit
{
    /// <summary>The number of the mark; more than that of each earlier one.</summary>
    public required long Number { get; init; }

    /// <summary>The name under which it is kept, or null, the default. No two checkpoints of a job have the same name.</summary>
    public string? Name { get; init; }

    /// <summary>The time of the commit. Default the time at which this object was made.</summary>
    public DateTimeOffset Time { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>Rows that were not written before. Default none.</summary>
    public CheckpointRows Rows { get; init; } = new();

    /// <summary>Work of sinks within the transaction. It runs again if the commit is tried again, after the first transaction was undone. Default none.</summary>
    public IReadOnlyList<CommitParticipant> Participants { get; init; } = [];
}
