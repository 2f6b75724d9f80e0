namespace Sluice.Tests;

/// <summary>As an operator it makes the even items negative.</summary>
public sealed class RouteBranchesTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Merge", null);

    protected override Stage<int, int> Create(Func<int, int> look) =>
        Stage.Route([(x => look(x) % 2 == 0, Stage.Select<int, int>(x => -x))], otherwise: Stage.Where<int>(_ => true));

    protected override Source<int> Extend(Source<int> source) =>
        source.Route([(x => x % 2 == 0, Stage.Select<int, int>(x => -x))], otherwise: Stage.Where<int>(_ => true));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Select(x => x % 2 == 0 ? -x : x);
}

/// <summary>As an operator it adds up the even and the odd items.</summary>
public sealed class PartitionBranchesTests : OperatorWithCodeContract<long>
{
    private static readonly Stage<int, long> s_sum = Stage.Scan<int, long>(0, (sum, x) => sum + x);
    private static readonly int[] s_keys = Keys.ToEach(2);

    protected override (string Name, string? Detail) Shown => ("Merge", null);

    protected override Stage<int, long> Create(Func<int, int> look) => Stage.Partition<int, int, long>(x => s_keys[look(x) % 2], 2, s_sum);

    protected override Source<long> Extend(Source<int> source) => source.Partition(x => s_keys[x % 2], 2, s_sum);

    protected override IEnumerable<long> Expected(IReadOnlyList<int> items)
    {
        var sums = new long[2];
        return items.Select(x => sums[x % 2] += x).ToArray();
    }
}

/// <summary>Branches that never wait for anything but their receiver keep the order of the items.</summary>
public sealed class BalanceBranchesTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Merge", null);

    /// <summary>One waits in each branch, and one in the hand.</summary>
    protected override int TakenAhead => 2;

    protected override Stage<int, int> Create() => Stage.Balance(2, Stage.Select<int, int>(x => -x));

    protected override Source<int> Extend(Source<int> source) => source.Balance(2, Stage.Select<int, int>(x => -x));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Select(x => -x);
}
