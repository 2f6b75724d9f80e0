using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Counts the items of each key; the counts are the result of the run.</summary>
    /// <remarks>It keeps a count for each different key, so its memory grows with their number, without bound. At a key that is
    /// null the run fails with an <see cref="ArgumentNullException"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run. Default the type's own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> is null.</exception>
    public static Sink<T, Dictionary<TKey, long>> CountBy<T, TKey>(Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null, [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        return Create<T, Dictionary<TKey, long>>(items => CountByFrom(items, keySelector, comparer), "CountBy").Described(expression).RefusingPolicies(IsOfAllItems);
    }

    private static async Coroutine<Dictionary<TKey, long>> CountByFrom<T, TKey>(Inbox<T> items, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer)
        where TKey : notnull
    {
        var counts = new Dictionary<TKey, long>(comparer);
        await foreach (var item in items)
        {
            var key = keySelector(item);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        return counts;
    }
}
