namespace Sluice.Tests;

/// <summary>Keys by which items are spread over processes.</summary>
public sealed class ProcessPoolKeyTests
{
    [Fact]
    public void Rule_24_Keys_without_a_stable_hash_are_refused()
    {
        AssertRefused<object>();
        AssertRefused<byte[]>();
        AssertRefused<Uri>();
        AssertRefused<List<int>>();
        AssertRefused<IComparable>();
        AssertRefused<(int, object)>();

        static void AssertRefused<T>() => Assert.Contains("IStableHash", Assert.Throws<ArgumentException>(() => Env.Processes<T, T>(2, static key => key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_24_A_comparer_without_a_stable_hash_is_refused()
    {
        var own = EqualityComparer<int>.Create(static (x, y) => x == y, static x => x);

        Assert.Contains("IStableHash<", Assert.Throws<ArgumentException>(() => Env.Processes(2, static (int x) => x, comparer: own)).Message, StringComparison.Ordinal);
    }
}
