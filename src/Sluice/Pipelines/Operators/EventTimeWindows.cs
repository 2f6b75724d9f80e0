using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Collects the items of each stretch of time, by a timestamp that the items carry.</summary>
    /// <remarks>
    /// <para>Windows begin at multiples of <paramref name="size"/> since 0001-01-01 in UTC; without items there is none.
    /// Memory: all items of the open windows.</para>
    /// <para>The watermark is the greatest timestamp seen, less <paramref name="allowedLateness"/>. A window is sent when the
    /// watermark has reached its end, in the order of their ends; only items move the watermark, no clock does. An item all of
    /// whose windows were sent already is late: it goes to <paramref name="late"/> and nowhere else. One item whose timestamp is
    /// far ahead makes all the others late; <see cref="NodeStatus.ItemsLate"/> counts them. <see cref="EventTime{T}"/> has more choices. When the items before it end, all open windows are sent; they are dropped if what is
    /// before it fails, if no one takes the windows any more, or if the run is cancelled.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run. Default: late items are dropped.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="timestamp"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> is not more than zero, or
    /// <paramref name="allowedLateness"/> is negative.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="late"/> is an <c>async void</c> method.</exception>
    public static Stage<T, Window<T>> TumblingWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan allowedLateness = default,
        Action<T>? late = null) => TumblingWindowOf(timestamp, size, allowedLateness, Callback.Of(late));

    /// <inheritdoc cref="TumblingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Action{T})"/>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run. Default: late items are dropped.</param>
    [OverloadResolutionPriority(2)]
    public static Stage<T, Window<T>> TumblingWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan allowedLateness = default,
        Func<T, ValueTask>? late = null) => TumblingWindowOf(timestamp, size, allowedLateness, late);

    /// <inheritdoc cref="TumblingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Stage<T, Window<T>> TumblingWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan allowedLateness = default,
        Func<T, Task>? late = null) => TumblingWindowOf(timestamp, size, allowedLateness, Callback.Of(late));

    private static Stage<T, Window<T>> TumblingWindowOf<T>(Func<T, DateTimeOffset> timestamp, TimeSpan size, TimeSpan allowedLateness, Func<T, ValueTask>? late)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(size, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(allowedLateness, TimeSpan.Zero);
        return TumblingWindow(new EventTime<T>(timestamp) { AllowedLateness = allowedLateness }.WithLate(late), size);
    }

    /// <summary>Collects the items of stretches of time that overlap, by a timestamp that the items carry.</summary>
    /// <remarks>
    /// <para>Windows begin at multiples of <paramref name="step"/> since 0001-01-01 in UTC; without items there is none.
    /// Memory: all items of the open windows. An item is kept
    /// once for each window that it belongs to: as often as the step goes into the size. If the step is greater than the size,
    /// items between two windows belong to none; they are dropped, and are not late.</para>
    /// <para>The watermark is the greatest timestamp seen, less <paramref name="allowedLateness"/>. A window is sent when the
    /// watermark has reached its end, in the order of their ends; only items move the watermark, no clock does. An item all of
    /// whose windows were sent already is late: it goes to <paramref name="late"/> and nowhere else. One item whose timestamp is
    /// far ahead makes all the others late; <see cref="NodeStatus.ItemsLate"/> counts them. <see cref="EventTime{T}"/> has more choices. When the items before it end, all open windows are sent; they are dropped if what is
    /// before it fails, if no one takes the windows any more, or if the run is cancelled.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="step">How much later each window begins than the one before; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run. Default: late items are dropped.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="timestamp"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> or <paramref name="step"/> is not more than zero, or
    /// <paramref name="allowedLateness"/> is negative.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="late"/> is an <c>async void</c> method.</exception>
    public static Stage<T, Window<T>> SlidingWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan step,
        TimeSpan allowedLateness = default,
        Action<T>? late = null) => SlidingWindowOf(timestamp, size, step, allowedLateness, Callback.Of(late));

    /// <inheritdoc cref="SlidingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, TimeSpan, Action{T})"/>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="step">How much later each window begins than the one before; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run. Default: late items are dropped.</param>
    [OverloadResolutionPriority(2)]
    public static Stage<T, Window<T>> SlidingWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan step,
        TimeSpan allowedLateness = default,
        Func<T, ValueTask>? late = null) => SlidingWindowOf(timestamp, size, step, allowedLateness, late);

    /// <inheritdoc cref="SlidingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Stage<T, Window<T>> SlidingWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan step,
        TimeSpan allowedLateness = default,
        Func<T, Task>? late = null) => SlidingWindowOf(timestamp, size, step, allowedLateness, Callback.Of(late));

    private static Stage<T, Window<T>> SlidingWindowOf<T>(Func<T, DateTimeOffset> timestamp, TimeSpan size, TimeSpan step, TimeSpan allowedLateness, Func<T, ValueTask>? late)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(size, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(allowedLateness, TimeSpan.Zero);
        return SlidingWindow(new EventTime<T>(timestamp) { AllowedLateness = allowedLateness }.WithLate(late), size, step);
    }

    /// <summary>Collects the items that follow one another closely, by a timestamp that the items carry.</summary>
    /// <remarks>
    /// <para>A window begins with its first item and ends <paramref name="gap"/> after its last one. An item that comes later but
    /// belongs between two windows makes one of them. Memory: all items of the open windows; one without a pause stays open.</para>
    /// <para>The watermark is the greatest timestamp seen, less <paramref name="allowedLateness"/>. A window is sent when the
    /// watermark has reached its end, in the order of their ends; only items move the watermark, no clock does. An item all of
    /// whose windows were sent already is late: it goes to <paramref name="late"/> and nowhere else. One item whose timestamp is
    /// far ahead makes all the others late; <see cref="NodeStatus.ItemsLate"/> counts them. <see cref="EventTime{T}"/> has more choices. When the items before it end, all open windows are sent; they are dropped if what is
    /// before it fails, if no one takes the windows any more, or if the run is cancelled.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="gap">How far apart two items that follow one another are at the least, to be of different sessions; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run. Default: late items are dropped.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="timestamp"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="gap"/> is not more than zero, or
    /// <paramref name="allowedLateness"/> is negative.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="late"/> is an <c>async void</c> method.</exception>
    public static Stage<T, Window<T>> SessionWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan gap,
        TimeSpan allowedLateness = default,
        Action<T>? late = null) => SessionWindowOf(timestamp, gap, allowedLateness, Callback.Of(late));

    /// <inheritdoc cref="SessionWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Action{T})"/>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="gap">How far apart two items that follow one another are at the least, to be of different sessions; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run. Default: late items are dropped.</param>
    [OverloadResolutionPriority(2)]
    public static Stage<T, Window<T>> SessionWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan gap,
        TimeSpan allowedLateness = default,
        Func<T, ValueTask>? late = null) => SessionWindowOf(timestamp, gap, allowedLateness, late);

    /// <inheritdoc cref="SessionWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Stage<T, Window<T>> SessionWindow<T>(
        Func<T, DateTimeOffset> timestamp,
        TimeSpan gap,
        TimeSpan allowedLateness = default,
        Func<T, Task>? late = null) => SessionWindowOf(timestamp, gap, allowedLateness, Callback.Of(late));

    private static Stage<T, Window<T>> SessionWindowOf<T>(Func<T, DateTimeOffset> timestamp, TimeSpan gap, TimeSpan allowedLateness, Func<T, ValueTask>? late)
    {
        ArgumentNullException.ThrowIfNull(timestamp);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(gap, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(allowedLateness, TimeSpan.Zero);
        return SessionWindow(new EventTime<T>(timestamp) { AllowedLateness = allowedLateness }.WithLate(late), gap);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.TumblingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run. Default: late items are dropped.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> TumblingWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan allowedLateness = default,
        Action<T>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.TumblingWindow(timestamp, size, allowedLateness, late));
    }

    /// <inheritdoc cref="Stage.TumblingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run. Default: late items are dropped.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<Window<T>> TumblingWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan allowedLateness = default,
        Func<T, ValueTask>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.TumblingWindow(timestamp, size, allowedLateness, late));
    }

    /// <inheritdoc cref="TumblingWindow{T}(Source{T}, Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Source<Window<T>> TumblingWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan allowedLateness = default,
        Func<T, Task>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.TumblingWindow(timestamp, size, allowedLateness, late));
    }

    /// <inheritdoc cref="Stage.SlidingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, TimeSpan, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="step">How much later each window begins than the one before; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run. Default: late items are dropped.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> SlidingWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan step,
        TimeSpan allowedLateness = default,
        Action<T>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SlidingWindow(timestamp, size, step, allowedLateness, late));
    }

    /// <inheritdoc cref="Stage.SlidingWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="step">How much later each window begins than the one before; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run. Default: late items are dropped.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<Window<T>> SlidingWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan step,
        TimeSpan allowedLateness = default,
        Func<T, ValueTask>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SlidingWindow(timestamp, size, step, allowedLateness, late));
    }

    /// <inheritdoc cref="SlidingWindow{T}(Source{T}, Func{T, DateTimeOffset}, TimeSpan, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Source<Window<T>> SlidingWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan size,
        TimeSpan step,
        TimeSpan allowedLateness = default,
        Func<T, Task>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SlidingWindow(timestamp, size, step, allowedLateness, late));
    }

    /// <inheritdoc cref="Stage.SessionWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="gap">How far apart two items that follow one another are at the least, to be of different sessions; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node: what it throws fails the run. Default: late items are dropped.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> SessionWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan gap,
        TimeSpan allowedLateness = default,
        Action<T>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SessionWindow(timestamp, gap, allowedLateness, late));
    }

    /// <inheritdoc cref="Stage.SessionWindow{T}(Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="timestamp">Gives the moment to which an item belongs; only its instant counts, not its offset. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="gap">How far apart two items that follow one another are at the least, to be of different sessions; more than zero.</param>
    /// <param name="allowedLateness">How much later than the latest item an item may come; zero or more. Default: zero, items come in order.</param>
    /// <param name="late">Called with each late item, as part of the node, which takes no item until it is done; what it throws, or its task
    /// ends with, fails the run. Default: late items are dropped.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<Window<T>> SessionWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan gap,
        TimeSpan allowedLateness = default,
        Func<T, ValueTask>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SessionWindow(timestamp, gap, allowedLateness, late));
    }

    /// <inheritdoc cref="SessionWindow{T}(Source{T}, Func{T, DateTimeOffset}, TimeSpan, TimeSpan, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Source<Window<T>> SessionWindow<T>(
        this Source<T> source,
        Func<T, DateTimeOffset> timestamp,
        TimeSpan gap,
        TimeSpan allowedLateness = default,
        Func<T, Task>? late = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SessionWindow(timestamp, gap, allowedLateness, late));
    }
}
