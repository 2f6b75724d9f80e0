namespace Sluice;

public static partial class Sink
{
    /// <summary>Collects all items, in their order; the list is the result of the run.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The sink.</returns>
    public static Sink<T, List<T>> ToList<T>() => Create<T, List<T>>(CollectFrom, "ToList").RefusingPolicies(IsOfAllItems);

    /// <summary>Counts the items; the count is the result of the run.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The sink.</returns>
    public static Sink<T, long> Count<T>() => Create<T, long>(CountFrom, "Count").RefusingPolicies(IsOfAllItems);

    private static async Coroutine<List<T>> CollectFrom<T>(Inbox<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    private static async Coroutine<long> CountFrom<T>(Inbox<T> items)
    {
        var count = 0L;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }
}
