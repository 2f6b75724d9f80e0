namespace Sluice;

/// <summary>What all environments outside of this process have in common.</summary>
/// <remarks>Thread safety: fill it before its first use; from then on any number of runs may use it.</remarks>
public abstract class RemoteOptions
{
    /// <summary>Room is made for so many before the first comes, over there too.</summary>
    internal const int MaxCapacity = 1024 * 1024;

    private protected RemoteOptions()
    {
    }

    /// <summary>How many items each boundary holds, on both sides and on the way together; 1 to 1,048,576. Default 1,024. Beside that, no
    /// more than about 1 MiB of items is under way on an edge, but always one item.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is out of range.</exception>
    public int Capacity
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(value));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxCapacity, nameof(value));
            field = value;
        }
    } = Env.DefaultCapacity;

    /// <summary>Ways of your own to write items, at most one for a type. Default none: items cross as portable values.</summary>
    public ICollection<ItemCodec> Codecs { get; } = [];

    /// <summary>What may cross as a value, beside what always may. Default: the types of the application's own projects.
    /// <see cref="SnapshotOptions.Outside"/> has no effect.</summary>
    public SnapshotOptions Snapshots { get; init; } = SnapshotOptions.Default;

    /// <summary>How long the other side may be silent before it counts as lost: it answers also while a stage computes. Positive, or
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Default: 15 seconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is zero or negative.</exception>
    public TimeSpan SilenceTimeout
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, nameof(value));
            }

            field = value;
        }
    } = TimeSpan.FromSeconds(15);

    /// <summary>The clock of the connection's times. Default: the system's.</summary>
    internal TimeProvider Time { get; init; } = TimeProvider.System;
}
