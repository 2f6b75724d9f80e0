using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Gives each item to one of several sinks: that of the first route whose condition holds.</summary>
    /// <remarks>The slowest sink sets the pace. A sink that ends early drops out: what its routes take is dropped from then on and
    /// is not offered to the routes behind them; when the last sink has ended, so has this node. A sink that fails stops the
    /// run. Two routes may lead to the same sink. Thread safety: the conditions and <paramref name="onUnmatched"/> are called by
    /// one thread at a time in each run.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="routes">The conditions, in the order in which they are asked, and where what they take goes; at least one.
    /// What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">Where the items go that no condition holds for. Default nowhere.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: to count them, or to log
    /// them. What it throws fails the run. Default nothing.</param>
    /// <returns>All of them as one sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="routes"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no route, a condition or a sink is null, or <paramref name="onUnmatched"/> is an
    /// <c>async void</c> method.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="unmatched"/> is none of the values of its type.</exception>
    public static Sink<T> Route<T>(
        (Func<T, bool> When, Sink<T> To)[] routes,
        Sink<T>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Action<T>? onUnmatched = null) => RouteOf(routes, otherwise, unmatched, Callback.Of(onUnmatched));

    /// <inheritdoc cref="Route{T}(ValueTuple{Func{T, bool}, Sink{T}}[], Sink{T}, Unmatched, Action{T})"/>
    /// <param name="routes">The conditions, in the order in which they are asked, and where what they take goes; at least one.
    /// What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">Where the items go that no condition holds for. Default nowhere.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: no item is taken until it is done.
    /// What it throws, or its task ends with, fails the run. Default nothing.</param>
    [OverloadResolutionPriority(2)]
    public static Sink<T> Route<T>(
        (Func<T, bool> When, Sink<T> To)[] routes,
        Sink<T>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, ValueTask>? onUnmatched = null) => RouteOf(routes, otherwise, unmatched, onUnmatched);

    /// <inheritdoc cref="Route{T}(ValueTuple{Func{T, bool}, Sink{T}}[], Sink{T}, Unmatched, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Sink<T> Route<T>(
        (Func<T, bool> When, Sink<T> To)[] routes,
        Sink<T>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, Task>? onUnmatched = null) => RouteOf(routes, otherwise, unmatched, Callback.Of(onUnmatched));

    private static Sink<T> RouteOf<T>((Func<T, bool> When, Sink<T> To)[] routes, Sink<T>? otherwise, Unmatched unmatched, Func<T, ValueTask>? onUnmatched)
    {
        CheckRoutes(routes, unmatched);
        var conditions = Array.ConvertAll(routes, static route => route.When);
        Sink<T>[] ways = [.. routes.Select(static route => route.To), .. otherwise is null ? Array.Empty<Sink<T>>() : [otherwise]];
        Sink<T>[] sinks = [.. ways.Distinct()];
        var sinkOf = Array.ConvertAll(ways, way => Array.IndexOf(sinks, way));
        return FanOut<T, T>((items, targets) => RouteTo(items, [.. sinkOf.Select(sink => targets[sink])], conditions, unmatched, onUnmatched), "Route", sinks);
    }

    internal static void CheckRoutes<T, TWay>((Func<T, bool> When, TWay Way)[] routes, Unmatched unmatched)
    {
        ArgumentNullException.ThrowIfNull(routes);
        if (routes.Length == 0 || Array.Exists(routes, static route => route.When is null || route.Way is null))
        {
            throw new ArgumentException("'Route' needs at least one route, and each needs a condition and a place to go to.", nameof(routes));
        }

        if (!Enum.IsDefined(unmatched))
        {
            throw new ArgumentOutOfRangeException(nameof(unmatched), unmatched, null);
        }
    }

    /// <summary>One target for each condition, and one more for all other items if there is a place for them.</summary>
    internal static async Coroutine RouteTo<T>(Inbox<T> items, IReadOnlyList<Target<T>> targets, Func<T, bool>[] conditions, Unmatched unmatched, Func<T, ValueTask>? onUnmatched)
    {
        await foreach (var item in items)
        {
            var way = 0;
            while (way < conditions.Length && !conditions[way](item))
            {
                way++;
            }

            if (way == targets.Count)
            {
                await (onUnmatched?.Invoke(item) ?? default);
                if (unmatched == Unmatched.Fail)
                {
                    throw new InvalidOperationException("No route takes this item. Give 'Route' a sink for all other items ('otherwise'), or let it drop them (Unmatched.Drop).");
                }

                continue;
            }

            var target = targets[way];
            if (!target.IsClosed)
            {
                try
                {
                    await target.SendAsync(item);
                }
                catch (TargetClosedException ended) when (!ended.Failed && target.IsClosed)
                {
                    // It ended with this item: from now on its items are dropped.
                }
            }
        }
    }
}

public static partial class Stage
{
    /// <summary>Sends each item through one of several branches, that of the first route whose condition holds, and merges
    /// what they send: as for sinks.</summary>
    /// <typeparam name="T">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="routes">The conditions, in the order in which they are asked, and the branch for what they take; at least
    /// one. What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">The branch for items that no condition holds for. Default none.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: to count them, or to log
    /// them. What it throws fails the run. Default nothing.</param>
    /// <returns>All of them as one stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="routes"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no route, a condition or a branch is null, or <paramref name="onUnmatched"/> is an
    /// <c>async void</c> method.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="unmatched"/> is none of the values of its type.</exception>
    public static Stage<T, TOut> Route<T, TOut>(
        (Func<T, bool> When, Stage<T, TOut> Through)[] routes,
        Stage<T, TOut>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Action<T>? onUnmatched = null) => RouteOf(routes, otherwise, unmatched, Callback.Of(onUnmatched));

    /// <inheritdoc cref="Route{T, TOut}(ValueTuple{Func{T, bool}, Stage{T, TOut}}[], Stage{T, TOut}, Unmatched, Action{T})"/>
    /// <param name="routes">The conditions, in the order in which they are asked, and the branch for what they take; at least
    /// one. What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">The branch for items that no condition holds for. Default none.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: no item is taken until it is done.
    /// What it throws, or its task ends with, fails the run. Default nothing.</param>
    [OverloadResolutionPriority(2)]
    public static Stage<T, TOut> Route<T, TOut>(
        (Func<T, bool> When, Stage<T, TOut> Through)[] routes,
        Stage<T, TOut>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, ValueTask>? onUnmatched = null) => RouteOf(routes, otherwise, unmatched, onUnmatched);

    /// <inheritdoc cref="Route{T, TOut}(ValueTuple{Func{T, bool}, Stage{T, TOut}}[], Stage{T, TOut}, Unmatched, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Stage<T, TOut> Route<T, TOut>(
        (Func<T, bool> When, Stage<T, TOut> Through)[] routes,
        Stage<T, TOut>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, Task>? onUnmatched = null) => RouteOf(routes, otherwise, unmatched, Callback.Of(onUnmatched));

    private static Stage<T, TOut> RouteOf<T, TOut>((Func<T, bool> When, Stage<T, TOut> Through)[] routes, Stage<T, TOut>? otherwise, Unmatched unmatched, Func<T, ValueTask>? onUnmatched)
    {
        Sink.CheckRoutes(routes, unmatched);
        var conditions = Array.ConvertAll(routes, static route => route.When);
        return FanOut<T, T, TOut>(
            (items, targets) => Sink.RouteTo(items, targets, conditions, unmatched, onUnmatched),
            "Route",
            [.. routes.Select(static route => route.Through), .. otherwise is null ? Array.Empty<Stage<T, TOut>>() : [otherwise]]);
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Route{T, TOut}(ValueTuple{Func{T, bool}, Stage{T, TOut}}[], Stage{T, TOut}, Unmatched, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="routes">The conditions, in the order in which they are asked, and the branch for what they take; at least
    /// one. What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">The branch for items that no condition holds for. Default none.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: to count them, or to log
    /// them. What it throws fails the run. Default nothing.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Route<T, TOut>(
        this Source<T> source,
        (Func<T, bool> When, Stage<T, TOut> Through)[] routes,
        Stage<T, TOut>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Action<T>? onUnmatched = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Route(routes, otherwise, unmatched, onUnmatched));
    }

    /// <inheritdoc cref="Stage.Route{T, TOut}(ValueTuple{Func{T, bool}, Stage{T, TOut}}[], Stage{T, TOut}, Unmatched, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="routes">The conditions, in the order in which they are asked, and the branch for what they take; at least
    /// one. What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">The branch for items that no condition holds for. Default none.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: no item is taken until it is done.
    /// What it throws, or its task ends with, fails the run. Default nothing.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<TOut> Route<T, TOut>(
        this Source<T> source,
        (Func<T, bool> When, Stage<T, TOut> Through)[] routes,
        Stage<T, TOut>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, ValueTask>? onUnmatched = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Route(routes, otherwise, unmatched, onUnmatched));
    }

    /// <inheritdoc cref="Route{T, TOut}(Source{T}, ValueTuple{Func{T, bool}, Stage{T, TOut}}[], Stage{T, TOut}, Unmatched, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Source<TOut> Route<T, TOut>(
        this Source<T> source,
        (Func<T, bool> When, Stage<T, TOut> Through)[] routes,
        Stage<T, TOut>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, Task>? onUnmatched = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Route(routes, otherwise, unmatched, onUnmatched));
    }

    /// <inheritdoc cref="Sink.Route{T}(ValueTuple{Func{T, bool}, Sink{T}}[], Sink{T}, Unmatched, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="routes">The conditions, in the order in which they are asked, and where what they take goes; at least one.
    /// What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">Where the items go that no condition holds for. Default nowhere.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: to count them, or to log
    /// them. What it throws fails the run. Default nothing.</param>
    /// <returns>The pipeline.</returns>
    public static Pipeline Route<T>(
        this Source<T> source,
        (Func<T, bool> When, Sink<T> To)[] routes,
        Sink<T>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Action<T>? onUnmatched = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Route(routes, otherwise, unmatched, onUnmatched));
    }

    /// <inheritdoc cref="Sink.Route{T}(ValueTuple{Func{T, bool}, Sink{T}}[], Sink{T}, Unmatched, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="routes">The conditions, in the order in which they are asked, and where what they take goes; at least one.
    /// What a condition throws fails the run, as from this node.</param>
    /// <param name="otherwise">Where the items go that no condition holds for. Default nowhere.</param>
    /// <param name="unmatched">What becomes of an item that no condition holds for if there is no <paramref name="otherwise"/>.
    /// Default <see cref="Unmatched.Drop"/>.</param>
    /// <param name="onUnmatched">Called with each of these items, before it is dropped or fails the run: no item is taken until it is done.
    /// What it throws, or its task ends with, fails the run. Default nothing.</param>
    /// <returns>The pipeline.</returns>
    [OverloadResolutionPriority(2)]
    public static Pipeline Route<T>(
        this Source<T> source,
        (Func<T, bool> When, Sink<T> To)[] routes,
        Sink<T>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, ValueTask>? onUnmatched = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Route(routes, otherwise, unmatched, onUnmatched));
    }

    /// <inheritdoc cref="Route{T}(Source{T}, ValueTuple{Func{T, bool}, Sink{T}}[], Sink{T}, Unmatched, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Pipeline Route<T>(
        this Source<T> source,
        (Func<T, bool> When, Sink<T> To)[] routes,
        Sink<T>? otherwise = null,
        Unmatched unmatched = Unmatched.Drop,
        Func<T, Task>? onUnmatched = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.To(Sink.Route(routes, otherwise, unmatched, onUnmatched));
    }
}
