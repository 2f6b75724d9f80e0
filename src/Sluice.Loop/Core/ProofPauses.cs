namespace Sluice;

/// <summary>Decides when a loop looks for a deadlock. A look costs a full collection, so after each that finds nothing it takes twice as many moments
/// at which nothing is ready to come to the next one, or twice as long a time in which nothing happens. Owner: the loop's thread.</summary>
internal struct ProofPauses()
{
    private const int Most = int.MaxValue / 2;

    private int _left;
    private int _next = 1;

    /// <summary>Milliseconds without an event before the next look.</summary>
    internal int Quiet { get; private set; } = 100;

    /// <summary>Asked each time that nothing is ready.</summary>
    internal bool IsTime()
    {
        if (_left > 0)
        {
            _left--;
            return false;
        }

        (_left, _next) = (_next, Math.Min(_next * 2, Most));
        return true;
    }

    /// <summary>Nothing has happened for as long as <see cref="Quiet"/>: what referred to the tasks at the last look, such as another thread that was about
    /// to let go of them, may be gone.</summary>
    internal void EndQuiet() => (_left, Quiet) = (0, Math.Min(Quiet * 2, Most));

    /// <summary>The next moment is one to look again: a deadlock was found, and its tasks were cancelled.</summary>
    internal void LookAgain() => _left = 0;
}
