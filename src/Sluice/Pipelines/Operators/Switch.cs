using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends on what the source of the latest item produces: the next item ends the source of the one before.</summary>
    /// <remarks>
    /// <para>A source that another one replaces is cancelled, and the new one starts when the old one has ended: its <c>finally</c> blocks have run by then,
    /// and nothing of it comes behind the first item of the new one. An item of the old one that is being handled is waited for. When the items before the
    /// stage end, the last source goes on to its end.</para>
    /// <para>Sources run inside the stage, and their failures are the stage's, as <see cref="SelectMany{TIn, TOut}(Func{TIn, Source{TOut}}, int, string)"/>
    /// describes. Of a stream of sources: <c>sources.Switch(source => source)</c>.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">Gives the source of an item. What it throws, or that it returns null, fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    public static Stage<TIn, TOut> Switch<TIn, TOut>(Func<TIn, Source<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Create<TIn, TOut>((items, next) => SwitchFrom(items, next, selector), "Switch").Described(expression)
            .RefusingPolicies("a source runs in it while it takes the next item. Apply the policy to the source that the selector gives, or to the stages of it.");
    }

    /// <summary>Sends on the asynchronous sequence of the latest item: the next item ends the one before.</summary>
    /// <inheritdoc cref="Switch{TIn, TOut}(Func{TIn, Source{TOut}}, string)"/>
    /// <remarks>As with a source of each item (<see cref="Switch{TIn, TOut}(Func{TIn, Source{TOut}}, string)"/>). The token of a sequence is cancelled when it
    /// is replaced; one that does not heed it delays the next one.</remarks>
    /// <param name="selector">Gives the sequence of an item. What it throws, or that it returns null, and what the sequence throws, fails the run, as from
    /// this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    public static Stage<TIn, TOut> Switch<TIn, TOut>(Func<TIn, IAsyncEnumerable<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Switch<TIn, TOut>(item => SourceOf(selector(item)), expression);
    }

    private static async Coroutine SwitchFrom<TIn, TOut>(Inbox<TIn> items, Target<TOut> next, Func<TIn, Source<TOut>> selector)
    {
        var sources = InnerSources<TOut>.Of(items, next);
        try
        {
            var isOpen = true;
            while (isOpen || sources.Count > 0)
            {
                if (!isOpen)
                {
                    await sources.NextEnd.ConfigureAwait(false);
                }
                else
                {
                    var received = await items.TryReceiveAsync(sources.NextEnd);
                    isOpen = !received.IsClosed;
                    if (received.IsItem)
                    {
                        await sources.EndAll();
                        sources.ThrowIfFailed();
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
    /// <inheritdoc cref="Stage.Switch{TIn, TOut}(Func{TIn, Source{TOut}}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Gives the source of an item. What it throws, or that it returns null, fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Switch<TIn, TOut>(this Source<TIn> source, Func<TIn, Source<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Switch(selector, expression));
    }

    /// <inheritdoc cref="Stage.Switch{TIn, TOut}(Func{TIn, IAsyncEnumerable{TOut}}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Gives the sequence of an item. What it throws, or that it returns null, and what the sequence throws, fails the run, as from
    /// this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Switch<TIn, TOut>(this Source<TIn> source, Func<TIn, IAsyncEnumerable<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Switch(selector, expression));
    }
}
