namespace Sluice;

public static partial class Source
{
    /// <summary>Produces 0, 1, 2 and so on, one number for each tick of a clock, without an end.</summary>
    /// <remarks>Ticks come at multiples of <paramref name="period"/> after the start of the run, by its clock; the first number
    /// comes with the first of them. Ticks that pass while a number is handled are not queued up: one number comes for all of
    /// them, as soon as it can be taken, and the next one at the next tick. The numbers have no gaps then.</remarks>
    /// <param name="period">The time from tick to tick; from 1 to 4294967294 milliseconds (49 days), the range of timers.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="period"/> is out of its range.</exception>
    public static Source<long> Interval(TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, TimeSpan.FromMilliseconds(uint.MaxValue - 1));
        return Create<long>(run => TickEach(run, period), "Interval", $"{period}");
    }

    private static async Coroutine TickEach(SourceRun<long> run, TimeSpan period)
    {
        using var timer = new PeriodicTimer(period, run.Run.TimeProvider);
        for (var number = 0L; !run.Next.IsClosed && await timer.WaitForNextTickAsync(run.Cancellation).ConfigureAwait(false); number++)
        {
            await run.WithinStrand.SendAsync(number);
        }
    }
}
