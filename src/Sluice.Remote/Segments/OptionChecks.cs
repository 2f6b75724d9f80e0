namespace Sluice;

/// <summary>Ranges of options. Each gives the value back, or throws an <see cref="ArgumentOutOfRangeException"/>.</summary>
internal static class OptionChecks
{
    internal static int AtLeastOne(int value) => AtLeast(value, 1);

    internal static int FrameSize(int value) => AtLeast(value, ConnectionOptions.MinMaxFrameSize);

    internal static TimeSpan Positive(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
        return value;
    }

    internal static TimeSpan PositiveOrInfinite(TimeSpan value) => value == Timeout.InfiniteTimeSpan ? value : Positive(value);

    internal static TimeSpan NotNegative(TimeSpan value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
        return value;
    }

    private static int AtLeast(int value, int least)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least);
        return value;
    }
}
