using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Collects a value for each item's key; the dictionary is the result of the run.</summary>
    /// <remarks>It keeps a key and a value for each item, so its memory grows with their number, without bound. Each key may
    /// come once: the second time the run fails with an <see cref="ArgumentException"/>, and at a key that is null with an
    /// <see cref="ArgumentNullException"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run.</param>
    /// <param name="valueSelector">Gives an item's value. What it throws fails the run.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run. Default the type's own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> or <paramref name="valueSelector"/> is
    /// null.</exception>
    public static Sink<T, Dictionary<TKey, TValue>> ToDictionary<T, TKey, TValue>(Func<T, TKey> keySelector, Func<T, TValue> valueSelector, IEqualityComparer<TKey>? comparer = null, [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(valueSelector);
        return Create<T, Dictionary<TKey, TValue>>(items => DictionaryFrom(items, keySelector, valueSelector, comparer), "ToDictionary").Described(expression).RefusingPolicies(IsOfAllItems);
    }

    private static async Coroutine<Dictionary<TKey, TValue>> DictionaryFrom<T, TKey, TValue>(Inbox<T> items, Func<T, TKey> keySelector, Func<T, TValue> valueSelector, IEqualityComparer<TKey>? comparer)
        where TKey : notnull
    {
        var dictionary = new Dictionary<TKey, TValue>(comparer);
        await foreach (var item in items)
        {
            dictionary.Add(keySelector(item), valueSelector(item));
        }

        return dictionary;
    }
}
