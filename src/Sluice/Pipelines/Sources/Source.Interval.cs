namespace Sluice;

public static partial class Source
{
    /// <summary>Produces 0, 1, 2 and so on, one number for each tick of a clock, without an end.</summary>
    /// <remarks>Ticks come at multiples of <paramref name="period"/> after the start of the run, by its clock; the first number
    /// comes with the first of them. Ticks that pass while a number is handled are not queued up: one number comes for all of
    /// them, as soon as it can be taken, and the next one at the next tick. The numbers have no gaps then.
    /// <para>A job goes on with the next number, when the time has passed that was left until its tick. The time in which the job does not run does not count, as in all waits of
    /// a job.</para></remarks>
    /// <param name="period">The time from tick to tick; from 1 to 4294967294 milliseconds (49 days), the range of timers.</param>
    /// <returns>The source.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="period"/> is out of its range.</exception>
    public static Source<long> Interval(TimeSpan period)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(period, TimeSpan.FromMilliseconds(uint.MaxValue - 1));
        return CreateWithPosition<long>(run => TickEach(run, period), "Interval", $"{period}");
    }

    private static async Coroutine TickEach(SourceRun<long> run, TimeSpan period)
    {
        var clock = run.Run.TimeProvider;
        if (run.Run.Starter is not null)
        {
            await TickDurably(run, TickPosition.Begin(run.ResumesAt, clock, period), period);
            return;
        }

        using var timer = new PeriodicTimer(period, clock);
        for (var number = 0L; !run.Next.IsClosed && await timer.WaitForNextTickAsync(run.Cancellation).ConfigureAwait(false); number++)
        {
            await run.WithinStrand.SendAsync(number);
        }
    }

    private static async Coroutine TickDurably(SourceRun<long> run, TickPosition position, TimeSpan period)
    {
        run.Position = position;
        var isDue = position.Left is not null;
        if (position.Left is { } left)
        {
            await Task.Delay(left, run.Run.TimeProvider, run.Cancellation);
            position.BeginPeriods();
        }

        var number = new long[1];
        using var timer = new PeriodicTimer(period, run.Run.TimeProvider);
        while (!run.Next.IsClosed && (isDue || await timer.WaitForNextTickAsync(run.Cancellation).ConfigureAwait(false)))
        {
            isDue = false;
            position.Take();
            number[0] = position.Number;
            await run.SendAllAsync(number, 1);
            position.Sent();
        }
    }
}
