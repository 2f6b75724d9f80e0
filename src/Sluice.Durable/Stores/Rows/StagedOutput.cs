namespace Sluice.Durable;

/// <summary>A piece of output that a sink publishes after the commit of this checkpoint, and again when the job is resumed from it. It belongs to this checkpoint alone.</summary>
public sealed class StagedOutput : CheckpointRow
{
    /// <summary>The place of the piece among those of the sink in this checkpoint; each has its own. Default 0.</summary>
    public long Sequence { get; init; }

    /// <summary>The piece.</summary>
    public required ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Describes the piece for people.</summary>
    /// <returns>For a file that the library writes, its names with the committed lengths in bytes; for others null.</returns>
    public string? Describe() => StoredOutputText.Of(this);

    private protected override string What => $"the staged output {Sequence} of sink '{Node}'";

    private protected override void AddTo(ref RowChecksum sum)
    {
        sum.Add(Sequence);
        sum.Add(Output.Span);
    }
}
