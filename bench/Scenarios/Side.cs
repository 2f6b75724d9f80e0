using System.Diagnostics;

namespace Sluice.Bench;

/// <summary>One side of a comparison: work that can be done for any number of items, and how its cost is counted.</summary>
internal sealed class Side
{
    /// <summary>Short enough to be called often, so that also code which is one long loop for each call is compiled again
    /// and not only replaced on the stack.</summary>
    private const int WarmUpItems = 1000;

    /// <summary>The number of times that a measurement is repeated, unless a side says otherwise.</summary>
    internal const int Tries = 3;

    private readonly int _items;
    private readonly Func<int, (double Nanoseconds, long Arrived)> _run;
    private readonly Func<int, (double Nanoseconds, long Arrived)>? _without;
    private readonly Func<int, long> _expected;
    private readonly int _stages;
    private readonly int _tries;
    private readonly bool _allocatesHere;

    private Side(int items, Func<int, (double Nanoseconds, long Arrived)> run, Func<int, (double Nanoseconds, long Arrived)>? without, int stages, Func<int, long>? expected, int tries = Tries, bool allocatesHere = true)
    {
        _items = items;
        _run = run;
        _without = without;
        _stages = stages;
        _tries = tries;
        _allocatesHere = allocatesHere;
        _expected = expected ?? (static count => count);
    }

    /// <summary>All the work counts.</summary>
    /// <param name="items">For how many items.</param>
    /// <param name="run">Does it for so many items and says how many arrived.</param>
    /// <param name="expected">How many should arrive; default all of them. Any number that
    /// shows whether the work was done right will do, if <paramref name="run"/> gives the same.</param>
    /// <param name="tries">How often a measurement is repeated: less for work that takes long.</param>
    internal static Side Whole(int items, Func<int, long> run, Func<int, long>? expected = null, int tries = Tries) =>
        new(items, Timed(run), null, 1, expected, tries);

    /// <summary>Only the stages count by which one chain is longer than another: source and sink cancel out.</summary>
    /// <param name="items">For how many items.</param>
    /// <param name="run">Does it with so many stages and items and says how many arrived: all of them.</param>
    /// <param name="more">Stages of the longer chain.</param>
    /// <param name="less">Stages of the shorter chain.</param>
    internal static Side PerStage(int items, Func<int, int, long> run, int more, int less) =>
        new(items, Timed(count => run(more, count)), Timed(count => run(less, count)), more - less, null);

    /// <summary>Work that another program does, and times itself; what it allocates is not known.</summary>
    /// <param name="items">For how many items.</param>
    /// <param name="run">Does it for so many items and says how many nanoseconds it took and how many items arrived.</param>
    /// <param name="expected">How many should arrive.</param>
    internal static Side OfProgram(int items, Func<int, (double Nanoseconds, long Arrived)> run, Func<int, long> expected) =>
        new(items, run, null, 1, expected, allocatesHere: false);

    internal void WarmUp(int calls)
    {
        for (var i = 0; i < calls; i++)
        {
            Time(_run, WarmUpItems);
            if (_without is not null)
            {
                Time(_without, WarmUpItems);
            }
        }
    }

    /// <summary>Nanoseconds for an item, and for a stage if only stages count. Each part is the best of several tries in
    /// turn: what disturbs a measurement only ever makes it longer.</summary>
    internal double Measure()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
        GC.WaitForPendingFinalizers();
        var with = double.MaxValue;
        var without = _without is null ? 0 : double.MaxValue;
        for (var i = 0; i < _tries; i++)
        {
            with = Math.Min(with, Time(_run, _items));
            if (_without is not null)
            {
                without = Math.Min(without, Time(_without, _items));
            }
        }

        return (with - without) / _items / _stages;
    }

    /// <summary>Bytes allocated for an item, by all threads: the objects that a run takes once are part of it. Not a number if
    /// another program does the work.</summary>
    internal double MeasureBytes() => !_allocatesHere ? double.NaN : (Allocated(_run) - (_without is null ? 0 : Allocated(_without))) / (double)_items / _stages;

    private static Func<int, (double Nanoseconds, long Arrived)> Timed(Func<int, long> run) => items =>
    {
        var started = Stopwatch.GetTimestamp();
        var arrived = run(items);
        return (Stopwatch.GetElapsedTime(started).TotalNanoseconds, arrived);
    };

    private double Time(Func<int, (double Nanoseconds, long Arrived)> run, int items)
    {
        var (nanoseconds, arrived) = run(items);
        Check(items, arrived);
        return nanoseconds;
    }

    private long Allocated(Func<int, (double Nanoseconds, long Arrived)> run)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var (_, arrived) = run(_items);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Check(_items, arrived);
        return allocated;
    }

    private void Check(int items, long arrived)
    {
        if (arrived != _expected(items))
        {
            throw new InvalidOperationException($"{arrived} came out of {items} items; {_expected(items)} should have.");
        }
    }
}
