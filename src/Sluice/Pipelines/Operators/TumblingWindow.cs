namespace Sluice;

public static partial class Stage
{
    /// <summary>Collects the items that come within each stretch of time, by the run's clock.</summary>
    /// <remarks>The stretches follow one another and begin at multiples of <paramref name="size"/> since 0001-01-01 in UTC. A
    /// window is sent when its time is over, also if no further item comes; without items there is none. Memory: all items of
    /// one window. When the items before it end, the window that is open is sent at once, with the end it would have had. It is
    /// dropped if what is before it fails, if no one takes the windows any more, or if the run is cancelled. An item belongs to
    /// the time at which it is taken, which is later than it came if the receiver is slow. The clock is read once; from then on
    /// only its running time counts, so that setting it does no harm.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="size">How long each stretch is; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> is not more than zero.</exception>
    public static Stage<T, Window<T>> TumblingWindow<T>(TimeSpan size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(size, TimeSpan.Zero);
        return Create<T, Window<T>>((items, next) => TumblingWindowFrom(items, next, size), "TumblingWindow").Described($"{size}")
            .RefusingPolicies(HoldsItems);
    }

    private static async Coroutine TumblingWindowFrom<T>(Inbox<T> items, Target<Window<T>> next, TimeSpan size)
    {
        var clock = items.TimeProvider;
        var (startedAt, began) = (clock.GetUtcNow(), new ElapsedTime(clock));
        var window = new List<T>();
        var (start, end) = (startedAt, startedAt);
        while (true)
        {
            var received = await items.TryReceiveAsync(window.Count == 0 ? s_forever : TimeLeft(began, end - startedAt));
            if (window.Count > 0 && (!received.IsItem || startedAt + began.Value >= end))
            {
                var over = new Window<T>(start, end, window.ToArray());
                window.Clear();
                await next.SendAsync(over);
            }

            if (received.IsClosed)
            {
                return;
            }

            if (received.IsItem)
            {
                if (window.Count == 0)
                {
                    var now = (startedAt + began.Value).UtcTicks;
                    start = new(now - (now % size.Ticks), TimeSpan.Zero);
                    end = size < DateTimeOffset.MaxValue - start ? start + size : DateTimeOffset.MaxValue;
                }

                window.Add(received.Item);
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.TumblingWindow{T}(TimeSpan)"/>
    /// <param name="source">The source.</param>
    /// <param name="size">How long each stretch is; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> TumblingWindow<T>(this Source<T> source, TimeSpan size)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.TumblingWindow<T>(size));
    }
}
