using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Starts a coroutine for each different key and gives it the items of that key: what belongs to a key is in the
    /// coroutine's locals. All of them send to the same next stage.</summary>
    /// <remarks>
    /// <para>A key's coroutine starts at its first item. Items are handled one at a time, so those of one key keep their order,
    /// and so does everything that is sent on; a coroutine that waits for something outside keeps the items of all keys
    /// waiting. An item of a known key allocates nothing.</para>
    /// <para>When the items end, the coroutines are closed one after the other and may send what they have left: in the order in
    /// which their keys came first; with <see cref="KeyedOptions.MaxKeys"/> or <see cref="KeyedOptions.IdleTimeout"/>, the one
    /// whose last item is the longest ago first.
    /// On a failure, a cancellation or an early end behind this stage the same error that this stage gets is raised in
    /// each of them, in that order, and then it is closed: all <c>finally</c> blocks run.</para>
    /// <para>A failure of one coroutine is a failure of this stage. The key is then in <c>Exception.Data["Sluice.Key"]</c>.
    /// The coroutines must not close the next stage.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The method of the coroutines; it gets the key, the inbox for the key's items, and where to send. One
    /// that ends before it receives has taken nothing: the item that it was started for is dropped.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose coroutine has ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> or <paramref name="stage"/> is null.</exception>
    public static Stage<TIn, TOut> ForEachKey<TIn, TKey, TOut>(
        Func<TIn, TKey> keySelector,
        Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(stage);
        return Create<TIn, TOut>((items, next) => ForEachKeyFrom(items, next, keySelector, new CoroutineStarter<TIn, TKey, TOut>(items, stage, next), options ?? new(), comparer), "ForEachKey")
            .Described(expression);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.ForEachKey{TIn, TKey, TOut}(Func{TIn, TKey}, Func{TKey, Inbox{TIn}, Target{TOut}, Coroutine}, KeyedOptions, IEqualityComparer{TKey}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The method of the coroutines; it gets the key, the inbox for the key's items, and where to send. One
    /// that ends before it receives has taken nothing: the item that it was started for is dropped.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose coroutine has ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> ForEachKey<TIn, TKey, TOut>(
        this Source<TIn> source,
        Func<TIn, TKey> keySelector,
        Func<TKey, Inbox<TIn>, Target<TOut>, Coroutine> stage,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ForEachKey(keySelector, stage, options, comparer, expression));
    }
}
