namespace Sluice;

/// <summary>A pool of threads that any item may go to.</summary>
internal sealed class ThreadsEnv(int count, bool ordered, int capacity) : PoolEnv(capacity, MembersOf(count, capacity))
{
    internal override bool KeepsOrder => ordered;

    public override string ToString() => Name(count);

    internal override NodeSpec Distribution(EdgeType type, string from, bool inTurns) => inTurns ? type.DistributionInTurns() : type.DistributionByRoom();

    internal static string Name(int count) => count == 1 ? "1 thread" : $"{count} threads";

    internal static Env[] MembersOf(int count, int capacity) => [.. Enumerable.Range(1, count).Select(number => new ThreadEnv(capacity, $" ({number} of {count})"))];
}
