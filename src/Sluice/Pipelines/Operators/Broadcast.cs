namespace Sluice;

public static partial class Sink
{
    /// <summary>Gives every item to each of several sinks, in their order; nothing is lost, and the slowest sets the pace.</summary>
    /// <remarks>A sink that ends early drops out; when the last one has ended, so has the broadcast. A sink that fails
    /// stops the run.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>All of them as one sink.</returns>
    /// <exception cref="ArgumentException">Thrown: there is no sink, one of them is null, or one is there twice.</exception>
    public static Sink<T> Broadcast<T>(params Sink<T>[] sinks) => FanOut<T, T>(BroadcastTo, "Broadcast", sinks);

    internal static async Coroutine BroadcastTo<T>(Inbox<T> items, IReadOnlyList<Target<T>> targets)
    {
        var all = targets.ToArray(); // a list asks through its interface, twice for each item and target
        await foreach (var item in items)
        {
            for (var i = 0; i < all.Length; i++)
            {
                var target = all[i];
                if (!target.IsClosed)
                {
                    try
                    {
                        await target.SendAsync(item);
                    }
                    catch (TargetClosedException ended) when (!ended.Failed && target.IsClosed)
                    {
                        // It ended with this item: from now on the item goes to the others only.
                    }
                }
            }
        }
    }
}

public static partial class Stage
{
    /// <summary>Gives every item to each of several branches, in their order, and merges what they send; nothing is lost, and
    /// the slowest sets the pace.</summary>
    /// <remarks>A branch that ends early drops out; when the last one has ended, so has the broadcast. A branch that fails
    /// stops the run. What the branches send for an item comes in their order, unless they wait for something.</remarks>
    /// <typeparam name="T">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="branches">The branches; at least one. A stage may be there more than once.</param>
    /// <returns>All of them as one stage.</returns>
    /// <exception cref="ArgumentException">Thrown: there is no branch, or one of them is null.</exception>
    public static Stage<T, TOut> Broadcast<T, TOut>(params Stage<T, TOut>[] branches) => FanOut<T, T, TOut>(Sink.BroadcastTo, "Broadcast", branches);
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Broadcast"/>
    /// <param name="source">The source.</param>
    /// <param name="branches">The branches; at least one. A stage may be there more than once.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Broadcast<T, TOut>(this Source<T> source, params Stage<T, TOut>[] branches)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Broadcast(branches));
    }

    /// <inheritdoc cref="Sink.Broadcast"/>
    /// <param name="source">The source.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>The pipeline.</returns>
    public static Pipeline Broadcast<T>(this Source<T> source, params Sink<T>[] sinks)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Broadcast(sinks));
    }
}
