namespace Sluice;

/// <summary>Lines about strangers. They decide how often they come and what they send, so lines are limited and escaped.</summary>
internal sealed class WireLog(Action<string> write, TimeProvider time)
{
    /// <summary>So many lines in so long; the others are only counted.</summary>
    internal const int MaxLines = 20;
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();

    // Guard: _lock.
    private long _periodBegan = time.GetTimestamp();
    private int _lines;
    private long _left;

    internal void Refused(string peer, string reason)
    {
        lock (_lock)
        {
            if (time.GetElapsedTime(_periodBegan) >= Period)
            {
                if (_left > 0)
                {
                    write($"{_left} more clients were not let in.");
                }

                _periodBegan = time.GetTimestamp();
                _lines = 0;
                _left = 0;
            }

            if (_lines++ < MaxLines)
            {
                write($"{UnknownPeer.Escape(peer)} was not let in: {UnknownPeer.Escape(reason, HandshakeStream.MaxReason)}");
            }
            else
            {
                _left++;
            }
        }
    }
}
