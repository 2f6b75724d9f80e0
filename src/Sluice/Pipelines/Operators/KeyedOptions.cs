namespace Sluice;

/// <summary>Options of <c>ForEachKey</c>. Thread safety: immutable.</summary>
public sealed class KeyedOptions
{
    /// <summary>The number of keys that are kept at once; 1 or more. The first item of one more key closes the key whose last item is
    /// the longest ago: its coroutine ends and sends what it has left before the new one starts, and an item of that key that
    /// comes later starts another. Keys that are only remembered (<see cref="EndedKey.DropItems"/>) count too. Default null:
    /// no limit, so the memory grows with the number of different keys, without bound.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than 1.</exception>
    public int? MaxKeys
    {
        get;
        init
        {
            if (value is { } max)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(max, 1, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>The time that a key may be without an item, on the clock of the run (<see cref="RunOptions.TimeProvider"/>); more than
    /// zero. Then it is closed, also while no items come: its coroutine ends and sends what it has left, and an item of that
    /// key that comes later starts another. The time begins when the key's last item has been handled; time in which this
    /// stage waits for something else counts. Keys that are only remembered (<see cref="EndedKey.DropItems"/>) are forgotten
    /// after it. Costs no timer for each key, but asks the clock a few times for each item. With <see cref="MaxKeys"/> both hold.
    /// Default <see cref="Timeout.InfiniteTimeSpan"/>: forever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to zero or less.</exception>
    public TimeSpan IdleTimeout
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
            }

            field = value;
        }
    } = Timeout.InfiniteTimeSpan;

    internal bool EvictsIdleKeys => IdleTimeout != Timeout.InfiniteTimeSpan;

    /// <summary>The treatment of a key's further items when its coroutine has ended by itself, without a failure. Default
    /// <see cref="EndedKey.DropItems"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to something else than the values of the type.</exception>
    public EndedKey WhenEnded
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, null);
    }
}
