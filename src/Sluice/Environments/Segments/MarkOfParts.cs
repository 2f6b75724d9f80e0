namespace Sluice;

/// <summary>A mark through a run in several places: it has passed when it has passed each, and is dropped at all if one drops it.</summary>
internal sealed class MarkOfParts
{
    private readonly (ISegmentRun Run, Mark Mark)[] _parts;
    private int _left;

    internal MarkOfParts(Mark whole, ISegmentRun[] parts)
    {
        Whole = whole;
        _parts = [.. parts.Select(part => (part, (Mark)new PartMark(this)))];
        _left = parts.Length;
    }

    internal Mark Whole { get; }

    internal void Send()
    {
        foreach (var (run, mark) in _parts)
        {
            run.SendMark(mark);
        }

        if (Volatile.Read(ref _left) <= 0)
        {
            DropParts(); // one has dropped it before others had it
        }
    }

    /// <summary>Any thread; the first time only.</summary>
    internal void Drop(Exception? error)
    {
        if (Interlocked.Exchange(ref _left, 0) <= 0)
        {
            return;
        }

        DropParts();
        Whole.Dropped(error);
    }

    private void DropParts()
    {
        foreach (var (run, mark) in _parts)
        {
            run.DropMark(mark);
        }
    }

    private void PartPassed()
    {
        int left;
        do
        {
            left = Volatile.Read(ref _left);
        }
        while (left > 0 && Interlocked.CompareExchange(ref _left, left - 1, left) != left);

        if (left == 1)
        {
            Whole.Passed();
        }
    }

    /// <summary>The mark in one of the places.</summary>
    private sealed class PartMark(MarkOfParts all) : Mark
    {
        internal override long Number => all.Whole.Number;

        internal override void Capture(Node node) => all.Whole.Capture(node);

        internal override void Captured(string node, int part, byte[] state) => all.Whole.Captured(node, part, state);

        internal override void Passed() => all.PartPassed();

        internal override void Dropped(Exception? error) => all.Drop(error);
    }
}
