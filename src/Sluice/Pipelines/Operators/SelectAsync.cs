using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends on, for each item, what an asynchronous call makes of it; several calls run at once.</summary>
    /// <remarks>
    /// <para>No item is taken while <paramref name="degree"/> calls run or their results wait to be sent: that is the
    /// back-pressure, and the bound of memory. Each call begins within the pipeline's strand and goes on wherever its awaits
    /// take it. When the items before it end, the results of the calls that still run are sent.</para>
    /// <para>If a call fails, what is before it fails, no one takes the results any more, or the run is cancelled, then the
    /// token of the calls that still run is cancelled, and the stage ends when they have ended; their results are dropped.
    /// With <paramref name="ordered"/>, results that are before the failed one are sent first. A further failed call is a
    /// failure of the run too, unless it ended with <see cref="OperationCanceledException"/>.</para>
    /// <para>With an error policy (<see cref="Stage{TIn, TOut}.OnError(ErrorPolicy)"/>) a call that fails is tried again, or has no
    /// result, by itself: the others go on.</para>
    /// </remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">The call. What it throws, or its task ends with, fails the run, as from this node. Its token is
    /// cancelled with the run and when its result is not wanted any more.</param>
    /// <param name="degree">How many calls may run at once; 1 or more.</param>
    /// <param name="ordered">Whether results go out in the order of their items (the default) or as the calls end.</param>
    /// <param name="drain">Whether a checkpoint of a job waits until the calls have ended that are under way. Default false: the items of these calls are stored with it, so that they must be
    /// portable, and a run that goes on at the checkpoint calls again for them.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="degree"/> is less than 1.</exception>
    public static Stage<TIn, TOut> SelectAsync<TIn, TOut>(
        Func<TIn, CancellationToken, Task<TOut>> selector,
        int degree,
        bool ordered = true,
        bool drain = false,
        [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        return CallEach(selector, degree, ordered, drain).Described(expression);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SelectAsync"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">The call. What it throws, or its task ends with, fails the run, as from this node. Its token is
    /// cancelled with the run and when its result is not wanted any more.</param>
    /// <param name="degree">How many calls may run at once; 1 or more.</param>
    /// <param name="ordered">Whether results go out in the order of their items (the default) or as the calls end.</param>
    /// <param name="drain">Whether a checkpoint of a job waits until the calls have ended that are under way. Default false: the items of these calls are stored with it, so that they must be
    /// portable, and a run that goes on at the checkpoint calls again for them.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> SelectAsync<TIn, TOut>(
        this Source<TIn> source,
        Func<TIn, CancellationToken, Task<TOut>> selector,
        int degree,
        bool ordered = true,
        bool drain = false,
        [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SelectAsync(selector, degree, ordered, drain, expression));
    }
}
