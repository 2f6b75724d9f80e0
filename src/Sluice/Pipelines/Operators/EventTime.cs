using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The time that items carry, and how far it has come: the watermark, by which windows close. For <c>TumblingWindow</c>,
/// <c>SlidingWindow</c> and <c>SessionWindow</c>.</summary>
/// <remarks>
/// <para>The watermark is the greatest timestamp seen, less <see cref="AllowedLateness"/>. With <see cref="WithOrigins"/> it is that of the
/// origin that is the furthest behind. It never goes back. Only items move it, unless <see cref="IdleClose"/> or the timeout of
/// <see cref="WithOrigins"/> is given: these go by the clock of the run (<see cref="RunOptions.TimeProvider"/>).</para>
/// <para>Late items are counted (<see cref="NodeStatus.ItemsLate"/>) and dropped, or given to a callback (<see cref="OnLate(Action{T})"/>). One
/// item whose timestamp is far ahead makes all the others late.</para>
/// <para>Thread safety: immutable; may be used in any number of stages and runs.</para>
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
public sealed class EventTime<T>
{
    private readonly Func<T, DateTimeOffset> _timestamp;
    private TimeSpan _originTimeout = Timeout.InfiniteTimeSpan;
    private Func<OriginMarks<T>>? _newMarks;

    /// <summary>Items with a timestamp.</summary>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the
    /// run, as from the node of the windows.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="timestamp"/> is null.</exception>
    public EventTime(Func<T, DateTimeOffset> timestamp)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        _timestamp = timestamp;
    }

    /// <summary>How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to less than zero.</exception>
    public TimeSpan AllowedLateness
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    }

    /// <summary>The time without any item after which all open windows are sent, by the clock of the run; more than zero. The watermark
    /// then stands at the end of the last of them, so an item that comes later for one of these is late: choose a time that is longer than
    /// the pauses within a window. With <see cref="WatermarkScope.EachKey"/> it costs a timer for each key;
    /// <see cref="KeyedOptions.IdleTimeout"/> does not, and closes windows too. Default <see cref="Timeout.InfiniteTimeSpan"/>: only items,
    /// and the end of all, close windows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to zero or less.</exception>
    public TimeSpan IdleClose
    {
        get;
        init => field = PositiveOrForever(value, nameof(value));
    } = Timeout.InfiniteTimeSpan;

    /// <summary>The items that the watermark is for when the windows are within <c>ForEachKey</c>; else it is for all. Default
    /// <see cref="WatermarkScope.EachKey"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to something else than the values of the type.</exception>
    public WatermarkScope Scope
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, null);
    }

    /// <summary>The rule by which an item is late. Default <see cref="LateRule.WindowsSent"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: set to something else than the values of the type.</exception>
    public LateRule LateRule
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, null);
    }

    /// <summary>Gets what takes late items; null if they are only counted.</summary>
    internal Func<T, ValueTask>? Late { get; private set; }

    /// <summary>Gets whether the clock may close windows.</summary>
    internal bool UsesClock => IdleClose != Timeout.InfiniteTimeSpan || _originTimeout != Timeout.InfiniteTimeSpan;

    /// <summary>Follows several origins that are merged, each with a watermark of its own; the oldest of them counts. So the items of a
    /// source that is behind the others are not late.</summary>
    /// <remarks>An origin is known from its first item on. One that has ended, or is silent, holds the windows open until the
    /// <paramref name="timeout"/> has passed. When all are silent the one that is the furthest ahead counts. Memory: each origin is
    /// remembered.</remarks>
    /// <typeparam name="TOrigin">The type of what tells origins apart.</typeparam>
    /// <param name="origin">Gives the origin of an item. What it throws fails the run, as from the node of the windows; so does null.</param>
    /// <param name="timeout">The time without an item, by the clock of the run, after which an origin does not hold windows open; more than
    /// zero. Its next item makes it count again. Default <see cref="Timeout.InfiniteTimeSpan"/>: it holds them until the end of all.</param>
    /// <param name="comparer">Decides which origins are the same. Default the type's own equality.</param>
    /// <returns>The same with these origins.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="origin"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="timeout"/> is zero or less.</exception>
    public EventTime<T> WithOrigins<TOrigin>(Func<T, TOrigin> origin, TimeSpan? timeout = null, IEqualityComparer<TOrigin>? comparer = null)
        where TOrigin : notnull
    {
        ArgumentNullException.ThrowIfNull(origin);
        var silence = PositiveOrForever(timeout ?? Timeout.InfiniteTimeSpan, nameof(timeout));
        var changed = Copy();
        changed._originTimeout = silence;
        changed._newMarks = () => new OriginMarks<T, TOrigin>(origin, silence, comparer);
        return changed;
    }

    /// <summary>Gives late items to a callback, besides counting them. A target takes them too: <c>OnLate(target.SendAsync)</c>.</summary>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run.</param>
    /// <returns>The same with this callback, instead of one that there was.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="late"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="late"/> is an <c>async void</c> method.</exception>
    public EventTime<T> OnLate(Action<T> late)
    {
        ArgumentNullException.ThrowIfNull(late);
        return WithLate(Callback.Of(late));
    }

    /// <inheritdoc cref="OnLate(Action{T})"/>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run.</param>
    [OverloadResolutionPriority(2)]
    public EventTime<T> OnLate(Func<T, ValueTask> late)
    {
        ArgumentNullException.ThrowIfNull(late);
        return WithLate(late);
    }

    /// <inheritdoc cref="OnLate(Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public EventTime<T> OnLate(Func<T, Task> late)
    {
        ArgumentNullException.ThrowIfNull(late);
        return WithLate(Callback.Of(late));
    }

    internal EventTime<T> WithLate(Func<T, ValueTask>? late)
    {
        var changed = Copy();
        changed.Late = late;
        return changed;
    }

    /// <summary>The moment of an item, in ticks in UTC.</summary>
    internal long TicksOf(T item) => _timestamp(item).UtcTicks;

    internal OriginMarks<T>? NewMarks() => _newMarks?.Invoke();

    /// <summary>For graphs: what is not as by default, behind the sizes.</summary>
    internal string Detail => $"{AllowedLateness}{(Scope == WatermarkScope.AllKeys ? ", one watermark for all keys" : "")}{(_newMarks is null ? "" : ", by origin")}";

    private static TimeSpan PositiveOrForever(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        }

        return value;
    }

    private EventTime<T> Copy() => (EventTime<T>)MemberwiseClone();
}
