namespace Sluice;

/// <summary>Asks a silent peer whether it is there, after a third and after two thirds of the time it may be silent, and gives it up after
/// the whole. A tick that comes late, since this process was stopped or short of time, counts as one third only: what came
/// meanwhile is still to be read.</summary>
internal sealed class KeepAlive
{
    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _third;
    private readonly ITimer? _timer;

    /// <summary>Written by the reader, for each read: cheaper than a timer that is set anew.</summary>
    private long _heardAt;

    // Owner: the timer.
    private long _seenAt;
    private int _silentThirds;

    internal KeepAlive(Connection connection, TimeSpan limit, TimeProvider time)
    {
        _connection = connection;
        _time = time;
        _limit = limit;
        _third = _limit / 3;
        _seenAt = _heardAt = _time.GetTimestamp();
        if (_limit != Timeout.InfiniteTimeSpan)
        {
            _timer = _time.CreateTimer(static self => ((KeepAlive)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(_third, Timeout.InfiniteTimeSpan); // now that a tick finds it
        }
    }

    internal void Heard() => Volatile.Write(ref _heardAt, _time.GetTimestamp());

    internal void Stop() => _timer?.Dispose();

    private void Tick()
    {
        var heardAt = Volatile.Read(ref _heardAt);
        if (heardAt != _seenAt)
        {
            _seenAt = heardAt;
            _silentThirds = 0;
        }

        var silence = _time.GetElapsedTime(heardAt);
        if (silence < _third)
        {
            _timer!.Change(_third - silence, Timeout.InfiniteTimeSpan);
            return;
        }

        if (++_silentThirds == 3)
        {
            _silentThirds = 0;
            _connection.Silent(new TimeoutException($"The other side ({_connection.Peer}) has been silent for {Duration.Text(_limit)}."));
        }
        else
        {
            _connection.Ping();
        }

        _timer!.Change(_third, Timeout.InfiniteTimeSpan);
    }
}
