namespace Sluice;

/// <summary>The time to wait before an item is tried again: longer each time, up to a cap, and not the same for everyone.</summary>
/// <remarks>The wait before attempt <c>n</c> is <c>First * Factor^(n-1)</c>, at most <see cref="Cap"/>, of which a random part,
/// at most <see cref="Jitter"/>, is left out, so that many who failed at the same time do not all come back at the same
/// time. The idea: Marc Brooker, "Exponential Backoff And Jitter" (AWS Architecture Blog, 2015); his "full jitter" is
/// <c>Jitter = 1</c>. Thread safety: immutable; may be used by any number of stages and runs, also with a
/// <see cref="Random"/> of its own, which is locked while it is asked.</remarks>
public sealed class Backoff
{
    /// <summary>The longest wait that can be asked for: about 24.8 days, what a timer can do.</summary>
    public static readonly TimeSpan MaxCap = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>The wait before the first retry, without jitter. Default 100 ms; 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative or above <see cref="MaxCap"/>.</exception>
    public TimeSpan First
    {
        get;
        init => field = Checked(value, nameof(First));
    } = TimeSpan.FromMilliseconds(100);

    /// <summary>By what each wait is longer than the one before. Default 2; 1 (always the same) or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is less than 1 or not finite.</exception>
    public double Factor
    {
        get;
        init => field = double.IsFinite(value) && value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Factor), value, "The factor is a number from 1 on.");
    } = 2;

    /// <summary>The longest wait. Default 30 s; 0 to <see cref="MaxCap"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is negative or above <see cref="MaxCap"/>.</exception>
    public TimeSpan Cap
    {
        get;
        init => field = Checked(value, nameof(Cap));
    } = TimeSpan.FromSeconds(30);

    /// <summary>The part of a wait that chance may take away. Default 0.5: each wait is between half and all of its length;
    /// 0 (exact) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is not from 0 to 1.</exception>
    public double Jitter
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Jitter), value, "The jitter is a part, from 0 to 1.");
    } = 0.5;

    /// <summary>The source of random numbers. Default <see cref="System.Random.Shared"/>; give one with a seed to a test.</summary>
    /// <exception cref="ArgumentNullException">Thrown: the value is null.</exception>
    public Random Random
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Random));
    } = Random.Shared;

    /// <summary>The same wait each time.</summary>
    /// <param name="delay">How long; 0 to <see cref="MaxCap"/>.</param>
    /// <returns>A backoff without growth and without jitter.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="delay"/> is negative or above <see cref="MaxCap"/>.</exception>
    public static Backoff Constant(TimeSpan delay)
    {
        Checked(delay, nameof(delay));
        return new() { First = delay, Factor = 1, Cap = delay, Jitter = 0 };
    }

    /// <summary>The time to wait before a retry. Asks <see cref="Random"/> once unless <see cref="Jitter"/> is 0.</summary>
    /// <param name="attempt">Which retry it is: 1 for the first.</param>
    /// <returns>From 0 to <see cref="Cap"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="attempt"/> is less than 1.</exception>
    public TimeSpan DelayBefore(int attempt)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var whole = First == TimeSpan.Zero ? 0 : Math.Min(First.Ticks * Math.Pow(Factor, attempt - 1), Cap.Ticks); // infinite is fine
        return TimeSpan.FromTicks((long)(Jitter == 0 ? whole : whole * (1 - (Jitter * Chance()))));
    }

    private static TimeSpan Checked(TimeSpan delay, string name) =>
        delay >= TimeSpan.Zero && delay <= MaxCap ? delay : throw new ArgumentOutOfRangeException(name, delay, $"A wait is from 0 to {MaxCap}.");

    private double Chance()
    {
        lock (Random)
        {
            return Random.NextDouble();
        }
    }
}
