namespace Sluice;

/// <summary>Options of <see cref="SourceOperators.Share"/>. Thread safety: immutable.</summary>
public sealed class ShareOptions
{
    internal static readonly ShareOptions Default = new();

    /// <summary>The number of latest items that a subscriber gets first which comes while the source runs, or after its end. Default 0: it gets what comes from then on; 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative.</exception>
    public int Replay
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Replay), value, "The number of items is 0 or more.");
    }

    /// <summary>The number of items that wait for each subscriber at the most, besides those replayed. Default 16; 1 or more. Memory is taken only as items come.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1.</exception>
    public int Capacity
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Capacity), value, "The capacity is 1 or more.");
    } = 16;

    /// <summary>The choice for an item that comes when so many wait for a subscriber. Default <see cref="OnFull.Wait"/>: the source, and so all subscribers, wait for the
    /// slowest. With <see cref="OnFull.Fail"/> only the run of that subscriber fails, behind the items that wait.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is none of the enumeration.</exception>
    public OnFull OnFull
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(OnFull), value, "This is none of the values of OnFull.");
    }

    /// <summary>The choice for the time without a subscriber. Default <see cref="WithoutSubscribers.Wait"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is none of the enumeration.</exception>
    public WithoutSubscribers WithoutSubscribers
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(WithoutSubscribers), value, "This is none of the values of WithoutSubscribers.");
    }

    /// <summary>Options of the run of the source. Default those of any run.</summary>
    /// <exception cref="ArgumentNullException">Thrown: the value is null.</exception>
    public RunOptions Run
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Run));
    } = new();
}
