namespace Sluice;

/// <summary>Options of <see cref="Sink.WriteLines(string, bool, WriteLinesOptions)"/>: the moments at which it writes the lines that have come in to its file. Thread safety:
/// immutable.</summary>
public sealed class WriteLinesOptions
{
    internal static readonly WriteLinesOptions Default = new();

    /// <summary>The time that a line waits for others at the most, on the clock of the run. Default 1 second; more than zero and
    /// at most 4294967294 milliseconds (49 days, the range of timers), or <see cref="Timeout.InfiniteTimeSpan"/>: until a block of a few thousand bytes is full, or the run ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to zero or less, or to more than that.</exception>
    public TimeSpan FlushInterval
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(uint.MaxValue - 1));
            }

            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>The number of lines that wait for others at the most: 1 writes each line at once. Default <see cref="int.MaxValue"/>; 1 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than 1.</exception>
    public int FlushEvery
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = int.MaxValue;

    /// <summary>Gets whether to wait, each time, until the lines are on the disk (<c>fsync</c>), so that a crash of the machine does not lose them
    /// either. It takes milliseconds each time. Default false: they survive a crash of the process.</summary>
    public bool FlushToDisk { get; init; }

    /// <summary>The time that the first line that waits may still wait.</summary>
    internal TimeSpan TimeLeft(ElapsedTime waited)
    {
        if (FlushInterval == Timeout.InfiniteTimeSpan)
        {
            return FlushInterval;
        }

        var left = FlushInterval - waited.Value;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
