using System.Diagnostics;

namespace Sluice;

/// <summary>Measures the time since a moment, on a clock. A stage may keep it over a receive and be captured: a snapshot has the time
/// that has passed, and the copy goes on from there. A timestamp of the clock would mean nothing in another process.</summary>
/// <remarks>The time between capture and resume does not count. Thread safety: none; it belongs to one stage.</remarks>
[DebuggerDisplay("{Value}")]
public sealed class ElapsedTime
{
    private readonly TimeProvider _clock;
    private long _began;

    /// <summary>Begins now.</summary>
    /// <param name="clock">The clock; in a stage <see cref="Inbox{T}.TimeProvider"/>.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="clock"/> is null.</exception>
    public ElapsedTime(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        _clock = clock;
        _began = clock.GetTimestamp();
    }

    /// <summary>The time since the beginning.</summary>
    public TimeSpan Value => _clock.GetElapsedTime(_began);

    /// <summary>Begins again, now.</summary>
    public void Restart() => _began = _clock.GetTimestamp();

    /// <summary>As if it had begun so long ago.</summary>
    internal void GoOn(TimeSpan passed) => _began = _clock.GetTimestamp() - (long)(passed.TotalSeconds * _clock.TimestampFrequency);
}
