using System.Globalization;
using Sluice.Bytes;

namespace Sluice;

/// <summary>The position of a source of ticks: the number that comes next, and the time until its tick.</summary>
internal sealed class TickPosition : ISourcePosition
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _period;

    /// <summary>A time of the clock from which all ticks are a number of periods away.</summary>
    private long _tick;

    /// <summary>Whether the tick of the number has come.</summary>
    private bool _isDue;

    private TickPosition(TimeProvider clock, TimeSpan period, long number, TimeSpan? left)
    {
        (_clock, _period, Number, Left) = (clock, period, number, left);
        _tick = clock.GetTimestamp() - (long)((period - (left ?? period)).TotalSeconds * clock.TimestampFrequency);
    }

    /// <summary>The number that comes next, or is sent now.</summary>
    internal long Number { get; private set; }

    /// <summary>The time that was left until the tick of the first number; null if the source begins.</summary>
    internal TimeSpan? Left { get; }

    public void Write(ByteSink to, int handed)
    {
        to.WriteVarint((ulong)(Number + handed));
        to.WriteVarint((ulong)(_isDue && handed == 0 ? 0 : UntilTick()));
    }

    public string PlaceOf(int handed) => (Number + handed).ToString(CultureInfo.InvariantCulture);

    internal static TickPosition Begin(ReadOnlyMemory<byte>? stored, TimeProvider clock, TimeSpan period)
    {
        if (stored is not { } bytes)
        {
            return new(clock, period, 0, null);
        }

        var from = new ByteSource(bytes.ToArray());
        var number = (long)from.ReadVarint();
        return new(clock, period, number, new TimeSpan(Math.Min((long)from.ReadVarint(), period.Ticks)));
    }

    /// <summary>The time that was left has passed: the next tick is a period from now.</summary>
    internal void BeginPeriods() => _tick = _clock.GetTimestamp();

    /// <summary>A tick has come.</summary>
    internal void Take() => _isDue = true;

    /// <summary>The number was handled.</summary>
    internal void Sent()
    {
        _isDue = false;
        Number++;
    }

    private long UntilTick() => _period.Ticks - (_clock.GetElapsedTime(_tick).Ticks % _period.Ticks);
}
