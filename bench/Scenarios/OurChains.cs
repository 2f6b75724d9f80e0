namespace Sluice.Bench;

/// <summary>Chains of coroutines and of operators.</summary>
internal static class OurChains
{
    internal static IEnumerable<int> Numbers(int count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return i;
        }
    }

    internal static long Passing(int stages, int items)
    {
        var source = Source.From(Numbers(items));
        for (var i = 0; i < stages; i++)
        {
            source = source.Through<int>(Stages.Pass);
        }

        return source.To<long>(Stages.Count).RunAsync().Result;
    }

    /// <summary>Makes a chain of <c>Where</c>, <c>Select</c>, <c>Where</c> and so on.</summary>
    internal static long Operating(int operators, int items)
    {
        var source = Source.From(Numbers(items));
        for (var i = 0; i < operators; i++)
        {
            source = i % 2 == 0 ? source.Where(static x => x >= 0) : source.Select(static x => x + 1);
        }

        return source.To<long>(Stages.Count).RunAsync().Result;
    }
}
