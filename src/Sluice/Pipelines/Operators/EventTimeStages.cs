namespace Sluice;

public static partial class Stage
{
    /// <summary>Collects the items of each stretch of time, by a timestamp that the items carry.</summary>
    /// <remarks>
    /// <para>Windows begin at multiples of <paramref name="size"/> since 0001-01-01 in UTC; without items there is none.
    /// Memory: all items of the open windows.</para>
    /// <para>A window is sent when the watermark has reached its end, in the order of their ends; see <see cref="EventTime{T}"/>. An item all
    /// of whose windows were sent already is late. When the items before it end, all open windows are sent; they are dropped if what is
    /// before it fails, if no one takes the windows any more, or if the run is cancelled.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="time">The timestamps of the items, how the watermark follows them, and what becomes of late items.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="time"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> is not more than zero.</exception>
    public static Stage<T, Window<T>> TumblingWindow<T>(EventTime<T> time, TimeSpan size)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(size, TimeSpan.Zero);
        return WindowsOf("TumblingWindow", time, $"{size}", numbers => new AlignedWindows<T>(size.Ticks, size.Ticks, numbers));
    }

    /// <summary>Collects the items of stretches of time that overlap, by a timestamp that the items carry.</summary>
    /// <remarks>
    /// <para>Windows begin at multiples of <paramref name="step"/> since 0001-01-01 in UTC; without items there is none. Memory: all items of
    /// the open windows. An item is kept once for each window that it belongs to: as often as the step goes into the size. If the step is
    /// greater than the size, items between two windows belong to none; they are dropped, and are not late.</para>
    /// <para>A window is sent when the watermark has reached its end, in the order of their ends; see <see cref="EventTime{T}"/>. An item all
    /// of whose windows were sent already is late. When the items before it end, all open windows are sent; they are dropped if what is
    /// before it fails, if no one takes the windows any more, or if the run is cancelled.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="time">The timestamps of the items, how the watermark follows them, and what becomes of late items.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="step">How much later each window begins than the one before; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="time"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> or <paramref name="step"/> is not more than zero.</exception>
    public static Stage<T, Window<T>> SlidingWindow<T>(EventTime<T> time, TimeSpan size, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(size, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        return WindowsOf("SlidingWindow", time, $"{size}, {step}", numbers => new AlignedWindows<T>(size.Ticks, step.Ticks, numbers));
    }

    /// <summary>Collects the items that follow one another closely, by a timestamp that the items carry.</summary>
    /// <remarks>
    /// <para>A window begins with its first item and ends <paramref name="gap"/> after its last one. An item that comes later but
    /// belongs between two windows makes one of them. Memory: all items of the open windows; one without a pause stays open. The work for an
    /// item grows with the logarithm of the open windows.</para>
    /// <para>A window is sent when the watermark has reached its end, in the order of their ends; see <see cref="EventTime{T}"/>. An item all
    /// of whose windows were sent already is late. When the items before it end, all open windows are sent; they are dropped if what is
    /// before it fails, if no one takes the windows any more, or if the run is cancelled.</para>
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="time">The timestamps of the items, how the watermark follows them, and what becomes of late items.</param>
    /// <param name="gap">How far apart two items that follow one another are at the least, to be of different sessions; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="time"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="gap"/> is not more than zero.</exception>
    public static Stage<T, Window<T>> SessionWindow<T>(EventTime<T> time, TimeSpan gap)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(gap, TimeSpan.Zero);
        return WindowsOf("SessionWindow", time, $"{gap}", numbers => new SessionWindows<T>(gap.Ticks, numbers: numbers));
    }

    private static Stage<T, Window<T>> WindowsOf<T>(string name, EventTime<T> time, string sizes, Func<ItemNumbers?, OpenWindows<T>> open) =>
        new([new CoroutineSpec<T>(name, NodeKind.Stage, NodeNames.Detail($"{sizes}, {time.Detail}"), (items, outputs) => WindowsFrom(items, (Target<Window<T>>)outputs[0], time, open(null)))
        {
            BodyInKey = time.Scope == WatermarkScope.EachKey ? null : (items, outputs, key) =>
            {
                var group = ((KeyWindows)key.Scope).GroupOf(time);
                return WindowsOfKey(items, group, new((Target<Window<T>>)outputs[0], key, open(group.Numbers)));
            },
            Keeps = time.Scope == WatermarkScope.EachKey ? KeptState.Any : KeptState.OpenWindows,
        }]);

    private static Coroutine WindowsFrom<T>(Inbox<T> items, Target<Window<T>> next, EventTime<T> time, OpenWindows<T> open)
    {
        var watermark = new Watermark<T>(time, items.TimeProvider);
        return time.UsesClock ? WindowsByClock(items, next, time, open, watermark) : WindowsByItems(items, next, time, open, watermark);
    }

    private static async Coroutine WindowsByItems<T>(Inbox<T> items, Target<Window<T>> next, EventTime<T> time, OpenWindows<T> open, Watermark<T> watermark)
    {
        await foreach (var item in items)
        {
            if (!watermark.TryAdd(item, open))
            {
                items.CountLate();
                await (time.Late?.Invoke(item) ?? default);
            }

            while (open.TakeFirst(watermark.Value) is { } over)
            {
                await next.SendAsync(over);
            }
        }

        while (open.TakeFirst(long.MaxValue) is { } left)
        {
            await next.SendAsync(left);
        }
    }

    private static async Coroutine WindowsByClock<T>(Inbox<T> items, Target<Window<T>> next, EventTime<T> time, OpenWindows<T> open, Watermark<T> watermark)
    {
        while (true)
        {
            var received = await items.TryReceiveAsync(open.IsEmpty ? s_forever : watermark.UntilLook());
            if (received.IsClosed)
            {
                break;
            }

            if (!received.IsItem)
            {
                watermark.Look(open.LastEnd);
            }
            else if (!watermark.TryAdd(received.Item, open))
            {
                items.CountLate();
                await (time.Late?.Invoke(received.Item) ?? default);
            }

            while (open.TakeFirst(watermark.Value) is { } over)
            {
                await next.SendAsync(over);
            }
        }

        while (open.TakeFirst(long.MaxValue) is { } left)
        {
            await next.SendAsync(left);
        }
    }

    /// <summary>The windows of one key whose watermark is that of all. An item of any key sends the windows of all that are over by it, here.</summary>
    private static async Coroutine WindowsOfKey<T>(Inbox<T> items, WindowGroup<T> group, WindowsInKey<T> own)
    {
        await foreach (var item in items)
        {
            if (!group.TryAdd(item, own))
            {
                items.CountLate();
                await (group.Time.Late?.Invoke(item) ?? default);
            }

            while (group.TakeFirst() is { } over)
            {
                await over.SendAsync();
            }
        }

        while (own.Open.TakeFirst(long.MaxValue) is { } left)
        {
            await own.Next.SendAsync(left);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.TumblingWindow{T}(EventTime{T}, TimeSpan)"/>
    /// <param name="source">The source.</param>
    /// <param name="time">The timestamps of the items, how the watermark follows them, and what becomes of late items.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> TumblingWindow<T>(this Source<T> source, EventTime<T> time, TimeSpan size)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.TumblingWindow(time, size));
    }

    /// <inheritdoc cref="Stage.SlidingWindow{T}(EventTime{T}, TimeSpan, TimeSpan)"/>
    /// <param name="source">The source.</param>
    /// <param name="time">The timestamps of the items, how the watermark follows them, and what becomes of late items.</param>
    /// <param name="size">How long each window is; more than zero.</param>
    /// <param name="step">How much later each window begins than the one before; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> SlidingWindow<T>(this Source<T> source, EventTime<T> time, TimeSpan size, TimeSpan step)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SlidingWindow(time, size, step));
    }

    /// <inheritdoc cref="Stage.SessionWindow{T}(EventTime{T}, TimeSpan)"/>
    /// <param name="source">The source.</param>
    /// <param name="time">The timestamps of the items, how the watermark follows them, and what becomes of late items.</param>
    /// <param name="gap">How far apart two items that follow one another are at the least, to be of different sessions; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<Window<T>> SessionWindow<T>(this Source<T> source, EventTime<T> time, TimeSpan gap)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SessionWindow(time, gap));
    }
}
