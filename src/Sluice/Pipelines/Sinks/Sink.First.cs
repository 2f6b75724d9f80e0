namespace Sluice;

public static partial class Sink
{
    /// <summary>Takes one item, which is the result of the run, and ends, and with it everything before it.</summary>
    /// <remarks>If there is no item the run fails with an <see cref="InvalidOperationException"/>.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The sink.</returns>
    public static Sink<T, T> First<T>() => Create<T, T>(FirstOf, "First").RefusingPolicies(IsOfAllItems);

    private static async Coroutine<T> FirstOf<T>(Inbox<T> items)
    {
        await foreach (var item in items)
        {
            return item;
        }

        throw new InvalidOperationException("There is no first item: the source ended without any.");
    }
}
