namespace Sluice.Bench;

/// <summary>Numbers in no order, the same ones in each run.</summary>
internal sealed class Numbers
{
    private const int Seed = 30;

    private readonly int[] _all;
    private readonly Dictionary<int, int[]> _beginnings = [];

    private Numbers(int[] all) => _beginnings[all.Length] = _all = all;

    /// <summary>So many different ones from 1 on, each as often.</summary>
    internal static Numbers Shuffled(int different, int times)
    {
        var all = Enumerable.Range(0, different * times).Select(i => i % different + 1).ToArray();
        new Random(Seed).Shuffle(all);
        return new(all);
    }

    /// <summary>The first numbers; made once for each count of them.</summary>
    internal int[] First(int count) =>
        _beginnings.TryGetValue(count, out var beginning) ? beginning : _beginnings[count] = _all[..count];

    /// <summary>A side that makes one sum out of the numbers, which is compared with what a plain loop makes of them.</summary>
    /// <param name="sum">The side.</param>
    /// <param name="expected">The plain loop.</param>
    /// <param name="tries">As for <see cref="Side.Whole"/>.</param>
    internal Side Side(Func<int[], long> sum, Func<int[], long> expected, int tries = Bench.Side.Tries)
    {
        var sums = new Dictionary<int, long>();
        return Bench.Side.Whole(_all.Length, count => sum(First(count)), Expected, tries);

        long Expected(int count) => sums.TryGetValue(count, out var known) ? known : sums[count] = expected(First(count));
    }
}
