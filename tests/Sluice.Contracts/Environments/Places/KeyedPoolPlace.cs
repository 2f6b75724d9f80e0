namespace Sluice.Contracts;

/// <summary>A pool of one thread, which has all keys: so what holds for each key holds for all items.</summary>
public sealed class KeyedPoolPlace : Place
{
    /// <inheritdoc/>
    public override bool TakesEnds => false;

    /// <summary>For numbers, which most items are.</summary>
    public override Env Make(int capacity) => Make<int>(capacity);

    /// <inheritdoc/>
    public override Source<T> Enter<T>(Source<T> source, Env env, int capacity) => source.On(typeof(T) == typeof(int) ? env : Make<T>(capacity));

    private static Env Make<T>(int capacity) => Env.Threads(1, static (T _) => 0, capacity: capacity);
}
