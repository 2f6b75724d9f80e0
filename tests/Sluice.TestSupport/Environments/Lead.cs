namespace Sluice.Tests;

/// <summary>A source of numbers from 1 on that measures how far it gets ahead of who handles them: how many it could send that are
/// not handled yet.</summary>
internal sealed class Lead(int awaited)
{
    private readonly Signal _isAhead = new();
    private int _allowed;

    /// <summary>The largest lead there was.</summary>
    internal int Largest { get; private set; }

    /// <summary>Completes when the lead is as large as awaited for the first time.</summary>
    internal Task IsAhead => _isAhead.Task;

    /// <summary>One more item is about to be handled: said before it is, so the lead is never taken for larger than it is.</summary>
    internal void AllowOne() => Interlocked.Increment(ref _allowed);

    internal IEnumerable<int> Count(int count)
    {
        for (var sent = 0; sent < count; sent++)
        {
            Largest = Math.Max(Largest, sent - Volatile.Read(ref _allowed));
            if (sent == awaited)
            {
                _isAhead.Set();
            }

            yield return sent + 1;
        }
    }
}
