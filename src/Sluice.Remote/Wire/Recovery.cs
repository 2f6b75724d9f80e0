namespace Sluice;

/// <summary>Lets a connection go on when its transport breaks. One object for each connection.</summary>
internal abstract class Recovery(TimeSpan window, TimeProvider time)
{
    private bool _isStopped;

    /// <summary>Guards what the derived classes have.</summary>
    protected object Gate { get; } = new();

    protected TimeSpan Window => window;

    protected TimeProvider Time => time;

    protected bool IsStopped => Volatile.Read(ref _isStopped);

    /// <summary>Waits, on the reading thread, for the next transport.</summary>
    /// <param name="received">How many numbered frames have come so far.</param>
    /// <param name="why">What to throw is told with, if it does not come.</param>
    /// <returns>The transport, and how many frames the other side has received.</returns>
    /// <exception cref="IOException">There will be none: the window has passed, or the session is not known any more.</exception>
    internal abstract Resumption Next(long received, Exception why);

    /// <summary>No one waits any more, now or later.</summary>
    internal virtual void Stop()
    {
        lock (Gate)
        {
            _isStopped = true;
            Monitor.PulseAll(Gate);
        }
    }

    /// <summary>Waits with the gate held. False if the time has passed or all is stopped.</summary>
    protected bool Await(Func<bool> condition, TimeSpan limit)
    {
        var isLate = false;
        using var timer = time.CreateTimer(
            _ =>
            {
                lock (Gate)
                {
                    isLate = true;
                    Monitor.PulseAll(Gate);
                }
            },
            null,
            limit,
            Timeout.InfiniteTimeSpan);
        while (!condition() && !_isStopped && !isLate)
        {
            Monitor.Wait(Gate);
        }

        return condition() && !_isStopped;
    }

    protected IOException TooLate(Exception why) =>
        new($"The connection broke and could not be restored within {Duration.Text(window)}: {why.Message}", why);
}
