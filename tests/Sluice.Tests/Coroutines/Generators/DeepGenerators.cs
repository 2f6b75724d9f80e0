namespace Sluice.Tests;

/// <summary>Bodies nested <see cref="Depth"/> levels deep, which count how often they are entered and left.</summary>
internal sealed class DeepGenerators(string kind)
{
    internal const int Depth = 10_000;

    /// <summary>The kinds of delegation that lead from one level to the next.</summary>
    public static TheoryData<string> Kinds => ["await Inner", "YieldFrom", "both in turn"];

    internal int Entered { get; private set; }

    /// <summary>The levels in the order in which they were left; the innermost is 0.</summary>
    internal List<int> Left { get; } = new(Depth);

    internal static IEnumerable<int> InnermostFirst => Enumerable.Range(0, Depth);

    /// <summary>The result is that of the innermost, and 1 for each level above it.</summary>
    internal async Coroutine<int> Descend(Exchange<string?, int> exchange, Func<Exchange<string?, int>, Coroutine<int>> innermost, int level = Depth - 1)
    {
        Entered++;
        try
        {
            return level == 0 ? await innermost(exchange) : 1 + await Deeper(exchange, level, inner => Descend(inner, innermost, level - 1));
        }
        finally
        {
            Left.Add(level);
        }
    }

    /// <summary>Each level yields on the way down and on the way up.</summary>
    internal async Coroutine<int> YieldAtEachLevel(Exchange<string?, int> exchange, int level = Depth - 1)
    {
        Entered++;
        await exchange.Yield(level);
        var below = level == 0 ? 0 : await Deeper(exchange, level, inner => YieldAtEachLevel(inner, level - 1));
        await exchange.Yield(level);
        Left.Add(level);
        return 1 + below;
    }

    /// <summary>The same nesting, but built by a loop before any of it runs.</summary>
    internal static Generator<string?, int, int> Chain(Func<Exchange<string?, int>, Coroutine<int>> innermost)
    {
        var at = Generator.Start(innermost);
        for (var level = 1; level < Depth; level++)
        {
            var inner = at;
            at = Generator.Start<string?, int, int>(async exchange => 1 + await exchange.YieldFrom(inner));
        }

        return at;
    }

    private Coroutine<int> Deeper(Exchange<string?, int> exchange, int level, Func<Exchange<string?, int>, Coroutine<int>> inner) =>
        DelegationContract.Delegate(
            kind == "await Inner" || (kind == "both in turn" && level % 2 == 0) ? Delegation.AwaitInner : Delegation.YieldFrom, exchange, inner);
}
