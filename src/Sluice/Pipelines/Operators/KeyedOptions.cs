namespace Sluice;

/// <summary>Options of <c>ForEachKey</c>. Thread safety: immutable.</summary>
public sealed class KeyedOptions
{
    /// <summary>How many keys are kept at once; 1 or more. The first item of one more key closes the key whose last item is
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

    /// <summary>What becomes of a key's further items when its coroutine has ended by itself, without a failure. Default
    /// <see cref="EndedKey.DropItems"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to something else than the values of the type.</exception>
    public EndedKey WhenEnded
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, null);
    }
}
