namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends on no more items than a given number in a given time; the others wait, and with them what is before it.</summary>
    /// <remarks><para>A token bucket: it holds <paramref name="burst"/> permits at the start and at the most, each item takes one, and
    /// <paramref name="permits"/> of them come back, evenly spread, in each <paramref name="per"/>. So in any time t at most
    /// burst + permits * t / per items are sent on. Nothing is dropped and the order is kept.</para>
    /// <para>It keeps one item, the one that waits for its permit; that one is dropped if the run is cancelled or no one takes
    /// the items any more, which is noticed when it is sent. The time is that of the run's clock, whose timers count whole
    /// milliseconds: more than a thousand items a second go out in small groups, for which <paramref name="burst"/> must have
    /// room.</para></remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="permits">How many items may be sent on in each <paramref name="per"/>; 1 or more.</param>
    /// <param name="per">The time in which the permits come back; more than zero.</param>
    /// <param name="burst">How many items may be sent on at once after a pause; 1 or more. Default: <paramref name="permits"/>.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="permits"/> or <paramref name="burst"/> is less than 1,
    /// or <paramref name="per"/> is not more than zero.</exception>
    public static Stage<T, T> RateLimit<T>(int permits, TimeSpan per, int? burst = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(per, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst ?? permits, 1, nameof(burst));
        return Create<T, T>((items, next) => RateLimitFrom(items, next, permits, per, burst ?? permits), "RateLimit").Described(burst is null ? $"{permits}, {per}" : $"{permits}, {per}, {burst}");
    }

    private static async Coroutine RateLimitFrom<T>(Inbox<T> items, Target<T> next, int permits, TimeSpan per, int burst)
    {
        // Whole numbers, so that no error adds up: each tick of time brings as many parts as there are permits, and an item
        // takes as many parts as a period has ticks.
        var clock = items.TimeProvider;
        var began = new ElapsedTime(clock);
        var filledAt = 0L;
        Int128 full = (Int128)burst * per.Ticks;
        var parts = full;
        await foreach (var item in items)
        {
            while (true)
            {
                var now = began.Value.Ticks;
                parts = Int128.Min(full, parts + (Int128)(now - filledAt) * permits);
                filledAt = now;
                if (parts >= per.Ticks)
                {
                    break;
                }

                var missing = (long)((per.Ticks - parts + permits - 1) / permits);
                await items.PauseAsync(TimeSpan.FromTicks(missing));
                items.Cancellation.ThrowIfCancellationRequested();
            }

            parts -= per.Ticks;
            await next.SendAsync(item);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.RateLimit"/>
    /// <param name="source">The source.</param>
    /// <param name="permits">How many items may be sent on in each <paramref name="per"/>; 1 or more.</param>
    /// <param name="per">The time in which the permits come back; more than zero.</param>
    /// <param name="burst">How many items may be sent on at once after a pause; 1 or more. Default: <paramref name="permits"/>.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> RateLimit<T>(this Source<T> source, int permits, TimeSpan per, int? burst = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.RateLimit<T>(permits, per, burst));
    }
}
