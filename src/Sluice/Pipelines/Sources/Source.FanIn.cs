using System.Runtime.CompilerServices;

namespace Sluice;

/// <content>Sources of several sources.</content>
public static partial class Source
{
    /// <summary>All items of several sources, as they come: first come, first served.</summary>
    /// <remarks>All of them start; sources that have items at hand take turns. It ends when all have ended, and fails at once
    /// when one fails. Nothing is buffered: each source waits until its item has been taken.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="sources">The sources; at least one. One that is there twice runs twice.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentException">Thrown: there is no source, or one of them is null.</exception>
    public static Source<T> Merge<T>(params Source<T>[] sources) => new(new SourcePoint(MergeSpec<T>(), Points(sources)));

    /// <summary>A node with two inboxes, written as a coroutine: it receives from the one that it wants next, and the other source
    /// waits in that time.</summary>
    /// <remarks>Each inbox closes when its source has ended. A receive from a closed inbox may escape: that is a normal end of
    /// the node, and of all sources. If a source fails, its error is raised at the next receive, from any inbox;
    /// a source that waits with its item until it is received from can only fail then. What ends the node from behind it is raised
    /// once at each inbox, since two coroutines of the body may wait at one each.</remarks>
    /// <typeparam name="TFirst">The type of the first source's items.</typeparam>
    /// <typeparam name="TSecond">The type of the second source's items.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="first">The first source.</param>
    /// <param name="second">The second source.</param>
    /// <param name="body">The coroutine's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node unless it gets a name of its own; default the method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>Both as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: a source or <paramref name="body"/> is null.</exception>
    public static Source<TOut> FanIn<TFirst, TSecond, TOut>(
        Source<TFirst> first,
        Source<TSecond> second,
        Func<Inbox<TFirst>, Inbox<TSecond>, Target<TOut>, Coroutine> body,
        string? name = null,
        [CallerArgumentExpression(nameof(body))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(body);
        var spec = new FanInSpec<TFirst>(
            name ?? NodeNames.Of(body, expression, "FanIn"),
            EdgeType<TSecond>.Only,
            (inbox, others, outputs) => body(inbox, new((SidePort<TSecond>)others[0]), (Target<TOut>)outputs[0]));
        return new(new SourcePoint(spec, first.Point, second.Point));
    }

    /// <summary>The same for any number of sources of one type.</summary>
    /// <inheritdoc cref="FanIn{TFirst,TSecond,TOut}"/>
    /// <typeparam name="T">The type of the sources' items.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="sources">The sources; at least one. One that is there twice runs twice.</param>
    /// <param name="body">The coroutine's method; it gets one inbox for each source, in their order.</param>
    /// <param name="name">What to call the node unless it gets a name of its own; default the method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="sources"/> or <paramref name="body"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no source, or one of them is null.</exception>
    public static Source<TOut> FanIn<T, TOut>(
        IReadOnlyList<Source<T>> sources,
        Func<IReadOnlyList<Inbox<T>>, Target<TOut>, Coroutine> body,
        string? name = null,
        [CallerArgumentExpression(nameof(body))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var points = Points(sources);
        var spec = new FanInSpec<T>(
            name ?? NodeNames.Of(body, expression, "FanIn"),
            [.. Enumerable.Repeat(EdgeType<T>.Instance, points.Length - 1)],
            (inbox, others, outputs) => body([inbox, .. others.Select(port => new Inbox<T>((SidePort<T>)port))], (Target<TOut>)outputs[0]));
        return new(new SourcePoint(spec, points));
    }

    /// <summary>A node where branches merge.</summary>
    internal static NodeSpec MergeSpec<T>() => new OperatorSpec<T, T>("Merge", null, static next => new MergeOperator<T>(next), NodeKind.FanIn);

    private static SourcePoint[] Points<T>(IReadOnlyList<Source<T>> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return sources.Count > 0 && !sources.Contains(null!)
            ? [.. sources.Select(static source => source.Point)]
            : throw new ArgumentException("At least one source is needed, and none that is null.", nameof(sources));
    }

    private sealed class MergeOperator<T>(Target<T> next) : Operator<T, T>(next)
    {
        public override ValueTask SendAsync(T item) => IsClosed ? RefuseAsync() : Next.SendAsync(item);
    }
}
