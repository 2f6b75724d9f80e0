namespace Sluice;

/// <summary>Options of a sink that collects items until a checkpoint. Thread safety: immutable.</summary>
public sealed class StagedSinkOptions
{
    internal static readonly StagedSinkOptions Default = new();

    /// <summary>The number of items that it holds before it asks for a checkpoint; 1 or more, default 10000. The sources wait behind that one until it is committed, so it holds so many items, and those that were on
    /// their way. In a run without a job it is the size of a batch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is less than 1.</exception>
    public int MaxItems
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(MaxItems));
            field = value;
        }
    } = 10_000;
}
