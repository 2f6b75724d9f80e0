namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends on, at each tick of a clock, the latest item; the others are dropped.</summary>
    /// <remarks>Ticks come at multiples of <paramref name="interval"/> after the start of the run, by its clock. At a tick without a
    /// new item nothing is sent; an item that comes exactly at a tick belongs to the next one. It keeps one item. When the items
    /// before it end, that item is sent at once. It is dropped if what is before it fails, if no one takes the items any more,
    /// or if the run is cancelled. Ticks that pass while the receiver handles an item are left out.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="interval">The time from tick to tick; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="interval"/> is not more than zero.</exception>
    public static Stage<T, T> Sample<T>(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return Create<T, T>((items, next) => SampleFrom(items, next, interval), "Sample").Described($"{interval}")
            .RefusingPolicies(HoldsItems);
    }

    private static async Coroutine SampleFrom<T>(Inbox<T> items, Target<T> next, TimeSpan interval)
    {
        var began = new ElapsedTime(items.TimeProvider);
        var latest = default(Received<T>);
        var tick = TimeSpan.Zero; // when the latest item is due
        while (true)
        {
            var received = await items.TryReceiveAsync(latest.IsItem ? TimeLeft(began, tick) : s_forever);
            if (latest.IsItem && (!received.IsItem || began.Value >= tick))
            {
                await next.SendAsync(latest.Item);
                latest = default;
            }

            if (received.IsClosed)
            {
                return;
            }

            if (received.IsItem)
            {
                if (!latest.IsItem)
                {
                    var now = began.Value;
                    tick = now - TimeSpan.FromTicks(now.Ticks % interval.Ticks) + interval;
                }

                latest = received;
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Sample"/>
    /// <param name="source">The source.</param>
    /// <param name="interval">The time from tick to tick; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Sample<T>(this Source<T> source, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Sample<T>(interval));
    }
}
