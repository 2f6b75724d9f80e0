namespace Sluice;

public static partial class Sink
{
    /// <summary>Takes all items; the last one is the result of the run.</summary>
    /// <remarks>It keeps one item. If there is none the run fails with an <see cref="InvalidOperationException"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The sink.</returns>
    public static Sink<T, T> Last<T>() => Create<T, T>(LastOf, "Last").RefusingPolicies(IsOfAllItems);

    private static async Coroutine<T> LastOf<T>(Inbox<T> items)
    {
        var (hasLast, last) = (false, default(T)!);
        await foreach (var item in items)
        {
            (hasLast, last) = (true, item);
        }

        return hasLast ? last : throw new InvalidOperationException("There is no last item: the source ended without any.");
    }
}
