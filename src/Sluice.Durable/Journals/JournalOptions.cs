namespace Sluice.Durable;

/// <summary>When a journal writes, and how it divides its files.</summary>
/// <remarks>Thread safety: an instance does not change after it was made.</remarks>
public sealed record JournalOptions
{
    /// <summary>The largest record, in bytes: 64 MiB.</summary>
    public const int MaxRecordSize = 64 << 20;

    /// <summary>How long a record waits for others that are written with it, with one fsync. Default 10 milliseconds. Zero: each is written as soon as the
    /// one before is, and records that come at that time are written together.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is negative, or more than a minute.</exception>
    public TimeSpan FlushInterval
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(1));
            field = value;
        }
    } = TimeSpan.FromMilliseconds(10);

    /// <summary>So many records are written without a wait for more. Default: no limit by number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is less than 1.</exception>
    public int FlushCount
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = int.MaxValue;

    /// <summary>So many bytes are kept for one batch. A batch of half of it is written without a wait for more; while it is full,
    /// <see cref="Journal.WriteAsync"/> waits. A larger record is a batch of its own. In bytes, from 1 KiB to 256 MiB, default 8 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is out of range.</exception>
    public int MaxBatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1 << 10);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 256 << 20);
            field = value;
        }
    } = 8 << 20;

    /// <summary>A segment, which is one file, is at most so long, unless one batch is longer. Whole segments are trimmed. In bytes, from 4 KiB to 1 GiB, default 64 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: it is out of range.</exception>
    public long SegmentSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 4 << 10);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1 << 30);
            field = value;
        }
    } = 64 << 20;

    /// <summary>The clock of <see cref="FlushInterval"/>. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
