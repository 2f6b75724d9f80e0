using System.Diagnostics;

namespace Sluice;

/// <summary>The time that one waiter looks again before it parks: longer if its last wait was so short that parking and being woken took
/// most of it, as where items come in bursts. Owner: the waiter.</summary>
internal struct SpinBudget
{
    private const int Longer = 4;

    /// <summary>Several times what it takes to wake a thread of an idle processor.</summary>
    private static readonly long s_short = Stopwatch.Frequency / 10_000;

    private bool _isLonger;
    private long _parkedAt;

    /// <summary>The number of times to look, where that is <paramref name="usual"/> for one who knows nothing.</summary>
    internal int RoundsOf(int usual)
    {
        if (_parkedAt != 0)
        {
            _isLonger = Stopwatch.GetTimestamp() - _parkedAt < s_short;
            _parkedAt = 0;
        }

        return _isLonger ? usual * Longer : usual;
    }

    /// <summary>All looking was without success.</summary>
    internal void Park() => _parkedAt = Stopwatch.GetTimestamp();
}
