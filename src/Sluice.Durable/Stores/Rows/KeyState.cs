namespace Sluice.Durable;

/// <summary>The state of one key of a keyed node. The newest row of a key, up to a checkpoint, is the key's state there, so only keys that changed are written.</summary>
public sealed class KeyState : CheckpointRow
{
    /// <summary>The key group; 0 or more.</summary>
    public required int Group { get; init; }

    /// <summary>The key, in the bytes of its codec.</summary>
    public required ReadOnlyMemory<byte> Key { get; init; }

    /// <summary>The instant at which the key wakes by itself, in ticks of UTC, as those of a DateTime, by the job's clock, or null if it does not.</summary>
    public long? DueTime { get; init; }

    /// <summary>The key's place in the order in which keys are closed. Default 0.</summary>
    public long Order { get; init; }

    /// <summary>The key's place in the order in which keys were used last. Default 0.</summary>
    public long LastUse { get; init; }

    /// <summary>The state, or null if the key has none from this checkpoint on: its coroutine has ended.</summary>
    public required ReadOnlyMemory<byte>? State { get; init; }

    private protected override string What => $"the state of a key of node '{Node}' (group {Group}, key {Convert.ToHexString(Key.Span)})";

    private protected override void AddTo(ref RowChecksum sum)
    {
        sum.Add((long)Group);
        sum.Add(Key.Span);
        sum.Add(DueTime);
        sum.Add(Order);
        sum.Add(LastUse);
        sum.Add(State);
    }
}
