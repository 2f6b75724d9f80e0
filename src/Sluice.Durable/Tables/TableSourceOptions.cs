namespace Sluice.Durable;

/// <summary>Options of a source that reads a table by a column that grows. Thread safety: immutable.</summary>
public sealed class TableSourceOptions
{
    /// <summary>The value behind which it begins in its first run: rows with a larger one are read. Default <see cref="long.MinValue"/>: all rows.</summary>
    public long After { get; init; } = long.MinValue;

    /// <summary>Gets whether it waits for more rows when it has read all. Default false: it ends.</summary>
    public bool Follow { get; init; }

    /// <summary>The number of rows that are read at once, at the most. Default 1000; 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than 1.</exception>
    public int BatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 1000;

    /// <summary>The time from one look for more rows to the next; nothing else uses it. Default 1 second; more than zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to zero or less.</exception>
    public TimeSpan PollInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(1);
}
