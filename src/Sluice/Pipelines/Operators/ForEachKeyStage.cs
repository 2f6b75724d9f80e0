using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Runs a stage, or several in a row, for each different key: each key has its own, with its own state. The key goes with each
    /// result.</summary>
    /// <inheritdoc cref="ForEachKey{TIn, TKey, TOut, TResult}(Func{TIn, TKey}, Stage{TIn, TOut}, Func{TKey, TOut, TResult}, KeyedOptions, IEqualityComparer{TKey}, string)"/>
    public static Stage<TIn, KeyValuePair<TKey, TOut>> ForEachKey<TIn, TKey, TOut>(
        Func<TIn, TKey> keySelector,
        Stage<TIn, TOut> stage,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull =>
        ForEachKey(keySelector, stage, static (key, result) => new KeyValuePair<TKey, TOut>(key, result), options, comparer, expression);

    /// <summary>Runs a stage, or several in a row, for each different key: each key has its own, with its own state. The result is made of the
    /// key and what the stage sends.</summary>
    /// <remarks>
    /// <para>The stages of a key start with its first item, within this node: they are no nodes of their own, and error policies of theirs hold for the key.
    /// Items are handled one at a time, as with a coroutine for each key. They start, are closed and are let go as coroutines are, by
    /// <paramref name="options"/>; if one of them ends by itself, as <c>Take</c> does, so do those before it, and the key has ended.</para>
    /// <para>Windows by event time have a watermark for each key, or one for all keys: see <see cref="EventTime{T}.Scope"/>. With one for all, an item sends the
    /// windows of all keys that are over, in the order of their ends. If the stages keep nothing but these windows (they are alone, or with
    /// <c>Where</c>, <c>Select</c>, <c>SelectMany</c>, <c>Tap</c> and <c>ToJsonLines</c>), a key is let go when none of its windows is open, so that the memory is bounded by the
    /// open windows; and at the end of all, windows are sent in the order of their ends. Else keys are closed in the order in which they came first.</para>
    /// <para>A failure of a stage is a failure of this node. The key is then in <c>Exception.Data["Sluice.Key"]</c>, and the name of the stage in
    /// <c>Exception.Data["Sluice.InnerStage"]</c>.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <typeparam name="TOut">The type of what the stage sends.</typeparam>
    /// <typeparam name="TResult">The type of the items that go out.</typeparam>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The stage; up to 100 in a row.</param>
    /// <param name="result">Makes what goes out. What it throws fails the run, as from this node.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose stages have ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/>, <paramref name="stage"/> or <paramref name="result"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="stage"/> is more than 100 stages in a row.</exception>
    public static Stage<TIn, TResult> ForEachKey<TIn, TKey, TOut, TResult>(
        Func<TIn, TKey> keySelector,
        Stage<TIn, TOut> stage,
        Func<TKey, TOut, TResult> result,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(result);
        var specs = stage.Specs;
        StageByHand.CheckInKey(specs, nameof(stage));
        var detail = $"{expression}: {string.Join(" | ", specs.Select(static spec => spec.Name))}";
        return new([new CoroutineSpec<TIn>("ForEachKey", NodeKind.Stage, NodeNames.Detail(detail), (items, outputs) => ForEachKeyFrom(
            items,
            (Target<TResult>)outputs[0],
            keySelector,
            new RowStarter<TIn, TKey, TOut, TResult>(items, specs, result, (Target<TResult>)outputs[0]),
            options ?? new(),
            comparer)) { ForEachKey = specs }]);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.ForEachKey{TIn, TKey, TOut}(Func{TIn, TKey}, Stage{TIn, TOut}, KeyedOptions, IEqualityComparer{TKey}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The stage; up to 100 in a row.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose stages have ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<KeyValuePair<TKey, TOut>> ForEachKey<TIn, TKey, TOut>(
        this Source<TIn> source,
        Func<TIn, TKey> keySelector,
        Stage<TIn, TOut> stage,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ForEachKey(keySelector, stage, options, comparer, expression));
    }

    /// <inheritdoc cref="Stage.ForEachKey{TIn, TKey, TOut, TResult}(Func{TIn, TKey}, Stage{TIn, TOut}, Func{TKey, TOut, TResult}, KeyedOptions, IEqualityComparer{TKey}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key. What it throws fails the run, as from this node; so does null.</param>
    /// <param name="stage">The stage; up to 100 in a row.</param>
    /// <param name="result">Makes what goes out. What it throws fails the run, as from this node.</param>
    /// <param name="options">How many keys are kept and for how long, and what becomes of those whose stages have ended. Default
    /// no limit, forever, and that their items are dropped.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the type's
    /// own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TResult> ForEachKey<TIn, TKey, TOut, TResult>(
        this Source<TIn> source,
        Func<TIn, TKey> keySelector,
        Stage<TIn, TOut> stage,
        Func<TKey, TOut, TResult> result,
        KeyedOptions? options = null,
        IEqualityComparer<TKey>? comparer = null,
        [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.ForEachKey(keySelector, stage, result, options, comparer, expression));
    }
}
