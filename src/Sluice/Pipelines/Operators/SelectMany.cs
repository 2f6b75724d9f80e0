using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Turns each item into any number of others.</summary>
    /// <remarks>A type that is both a sequence and an asynchronous one is taken as a sequence.</remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">Gives the new items, which are sent on one by one as they are enumerated. What it throws
    /// fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    [OverloadResolutionPriority(1)]
    public static Stage<TIn, TOut> SelectMany<TIn, TOut>(Func<TIn, IEnumerable<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Create<TIn, TOut>((items, next) => SelectManyFrom(items, next, selector), "SelectMany").Described(expression).KeepingNothing();
    }

    /// <summary>Sends on, for each item, what a source produces that is made of it; several sources may run at once.</summary>
    /// <remarks>
    /// <para>No item is taken while <paramref name="degree"/> sources are open. With one at a time what they produce comes out source by source, in
    /// order; with more it comes as it is produced, each source in its own order. Nothing is buffered: a source waits until its item has been taken. When
    /// the items before it end, the sources that are open go on to their ends; so <see cref="PipelineRun.StopAsync"/> waits for them.</para>
    /// <para>A source runs in the stage's strand, as a part of its run, and with its clock: it starts in the context of the item that it was made of, and may
    /// have stages, and several sources that come together in it. It cannot have places of its own (<see cref="Source{T}.On"/>), which is an error when it
    /// is started; the stage can.</para>
    /// <para>If a source fails, what is before the stage fails, no one takes the items any more, or the run is cancelled, then the sources that are open are
    /// cancelled, and the stage ends when they have: their <c>finally</c> blocks have run by then. The failure of a source fails the run as from this
    /// node; <c>Data["Sluice.InnerStage"]</c> names the part of the source. A further failure is one of the run too.</para>
    /// <para>An error policy (<see cref="Stage{TIn, TOut}.OnError(ErrorPolicy)"/>) is for an item and its source, so it takes a degree of 1. With more, put it
    /// on the source within: <c>source.OnError(...)</c>.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">Gives the source of an item. What it throws, or that it returns null, fails the run, as from this node.</param>
    /// <param name="degree">How many sources may be open at once; 1 or more. Default 1: one after the other.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="degree"/> is less than 1.</exception>
    public static Stage<TIn, TOut> SelectMany<TIn, TOut>(Func<TIn, Source<TOut>> selector, int degree = 1, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        var stage = Create<TIn, TOut>((items, next) => SelectManyFrom(items, next, selector, degree), "SelectMany").Described(expression);
        return degree == 1 ? stage : stage.RefusingPolicies(SeveralSources);
    }

    /// <summary>Sends on, for each item, an asynchronous sequence that is made of it; several sequences may be enumerated at once.</summary>
    /// <inheritdoc cref="SelectMany{TIn, TOut}(Func{TIn, Source{TOut}}, int, string)"/>
    /// <remarks>As with a source of each item (<see cref="SelectMany{TIn, TOut}(Func{TIn, Source{TOut}}, int, string)"/>): each sequence is a
    /// <see cref="Source.From{T}(IAsyncEnumerable{T})"/>. It is enumerated only as far as items are taken, and disposed of when it has ended,
    /// however it ends; its token is cancelled with the run and when its items are not wanted any more.</remarks>
    /// <param name="selector">Gives the sequence of an item. What it throws, or that it returns null, and what the sequence throws, fails the run, as from
    /// this node.</param>
    /// <param name="degree">How many sequences may be enumerated at once; 1 or more. Default 1: one after the other.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    public static Stage<TIn, TOut> SelectMany<TIn, TOut>(Func<TIn, IAsyncEnumerable<TOut>> selector, int degree = 1, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return SelectMany<TIn, TOut>(item => SourceOf(selector(item)), degree, expression);
    }

    /// <summary>The reason why a stage with several sources inside takes no error policy.</summary>
    private const string SeveralSources = "several sources run in it at once, and a fresh start would cancel them all. Apply the policy to the source that the selector gives, or to the stages of it.";

    private static Source<T> SourceOf<T>(IAsyncEnumerable<T>? items) =>
        Source.From(items ?? throw new InvalidOperationException("The selector returned null instead of a sequence."));

    private static async Coroutine SelectManyFrom<TIn, TOut>(Inbox<TIn> items, Target<TOut> next, Func<TIn, IEnumerable<TOut>> selector)
    {
        await foreach (var item in items)
        {
            foreach (var result in selector(item))
            {
                await next.SendAsync(result);
            }
        }
    }

    private static async Coroutine SelectManyFrom<TIn, TOut>(Inbox<TIn> items, Target<TOut> next, Func<TIn, Source<TOut>> selector, int degree)
    {
        var sources = InnerSources<TOut>.Of(items, next);
        try
        {
            var isOpen = true;
            while (isOpen || sources.Count > 0)
            {
                if (!isOpen || sources.Count == degree)
                {
                    await sources.NextEnd.ConfigureAwait(false);
                }
                else
                {
                    var received = await items.TryReceiveAsync(sources.NextEnd);
                    isOpen = !received.IsClosed;
                    if (received.IsItem)
                    {
                        sources.Start(selector(received.Item));
                    }
                }

                sources.ThrowIfFailed();
            }
        }
        catch
        {
            await sources.EndWithStage();
            throw;
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SelectMany{TIn, TOut}(Func{TIn, IEnumerable{TOut}}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Gives the new items, which are sent on one by one as they are enumerated. What it throws
    /// fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(1)]
    public static Source<TOut> SelectMany<TIn, TOut>(this Source<TIn> source, Func<TIn, IEnumerable<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SelectMany(selector, expression));
    }

    /// <inheritdoc cref="Stage.SelectMany{TIn, TOut}(Func{TIn, Source{TOut}}, int, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Gives the source of an item. What it throws, or that it returns null, fails the run, as from this node.</param>
    /// <param name="degree">How many sources may be open at once; 1 or more. Default 1: one after the other.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> SelectMany<TIn, TOut>(this Source<TIn> source, Func<TIn, Source<TOut>> selector, int degree = 1, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SelectMany(selector, degree, expression));
    }

    /// <inheritdoc cref="Stage.SelectMany{TIn, TOut}(Func{TIn, IAsyncEnumerable{TOut}}, int, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Gives the sequence of an item. What it throws, or that it returns null, and what the sequence throws, fails the run, as from
    /// this node.</param>
    /// <param name="degree">How many sequences may be enumerated at once; 1 or more. Default 1: one after the other.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> SelectMany<TIn, TOut>(this Source<TIn> source, Func<TIn, IAsyncEnumerable<TOut>> selector, int degree = 1, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SelectMany(selector, degree, expression));
    }
}
