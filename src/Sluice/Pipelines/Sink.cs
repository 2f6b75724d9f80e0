using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Makes sinks: the ends of pipelines. Thread safety: all members may be called from any thread.</summary>
public static partial class Sink
{
    /// <summary>A sink that is written as a coroutine.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="body">The sink's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node unless it gets a name of its own with <see cref="Sink{T}.Named"/>; default the
    /// method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Sink<T> Create<T>(
        Func<Inbox<T>, Coroutine> body,
        string? name = null,
        [CallerArgumentExpression(nameof(body))] string? expression = null) =>
        new(new SinkPoint(Spec(body, name, expression)));

    /// <summary>A sink with a result: what its method returns.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="body">The sink's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node unless it gets a name of its own with <see cref="Sink{T}.Named"/>; default the
    /// method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Sink<T, TResult> Create<T, TResult>(
        Func<Inbox<T>, Coroutine<TResult>> body,
        string? name = null,
        [CallerArgumentExpression(nameof(body))] string? expression = null) =>
        new(new SinkPoint(Spec(body, name, expression) with { HasResult = true }));

    /// <summary>A node that is written as a coroutine and sends to several sinks, for operators such as <see cref="Broadcast"/>.</summary>
    /// <typeparam name="T">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="body">The coroutine's method; it gets one target for each sink, in their order.</param>
    /// <param name="name">What to call the node.</param>
    /// <param name="sinks">The sinks; at least one, each once.</param>
    /// <returns>All of it as one sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no sink, one of them is null, or one is there twice.</exception>
    public static Sink<T> FanOut<T, TOut>(Func<Inbox<T>, IReadOnlyList<Target<TOut>>, Coroutine> body, string name, params Sink<TOut>[] sinks)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(sinks);
        if (sinks.Length == 0 || sinks.Contains(null!) || sinks.Distinct().Count() != sinks.Length)
        {
            throw new ArgumentException($"'{name}' needs at least one sink, and each sink once.", nameof(sinks));
        }

        var spec = new CoroutineSpec<T>(name, NodeKind.FanOut, null, (items, outputs) => body(items, Array.ConvertAll(outputs, static output => (Target<TOut>)output)));
        return new(new SinkPoint(spec, Array.ConvertAll(sinks, static sink => sink.Point)));
    }

    /// <summary>A sink that writes to something else in a run whose state is kept.</summary>
    internal static Sink<T> Create<T>(Func<Inbox<T>, Coroutine> body, string name, OutputRequest output, string refusesPolicies) =>
        new(new SinkPoint(new CoroutineSpec<T>(name, NodeKind.Sink, null, (inbox, _) => body(inbox)) { WritesTo = output, RefusesPolicies = refusesPolicies }));

    /// <summary>The reason why sinks that make their result of all items take no error policy.</summary>
    private const string IsOfAllItems = "its result is made of all items, and a fresh start would begin without those before. Apply the policy to the stages before it.";

    private static CoroutineSpec<T> Spec<T>(Func<Inbox<T>, Coroutine> body, string? name, string? expression)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new CoroutineSpec<T>(name ?? NodeNames.Of(body, expression, "Sink"), NodeKind.Sink, null, (inbox, _) => body(inbox));
    }
}

/// <summary>The end of a pipeline, or of a branch of one.</summary>
/// <remarks>Within one pipeline a sink is one node: given to several branches, it gets the items of all of them, and it
/// ends when all of them have. Thread safety: immutable; may be used in any number of pipelines.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("Sink: {Point.Spec.Name,nq}")]
public partial class Sink<T>
{
    internal Sink(SinkPoint point) => Point = point;

    internal SinkPoint Point { get; }

    /// <summary>Makes <see cref="OnError(ErrorPolicy)"/> refuse the sink: for one that holds items, or whose items belong together, which a fresh start would lose.</summary>
    /// <param name="reason">Why, and what to do instead; the error says it behind the sink's name.</param>
    /// <returns>A sink that takes no error policy; to several branches give this one.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="reason"/> is null, empty or white space.</exception>
    public Sink<T> RefusingPolicies(string reason) => new(Refusing(reason));

    /// <inheritdoc cref="NodeSpec.ActsOutside"/>
    internal Sink<T> ActingOutside() => new(Point.With(Point.Spec with { ActsOutside = true }));

    private protected SinkPoint Refusing(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return Point.With(Point.Spec with { RefusesPolicies = reason });
    }

    /// <summary>Says more about the first node, for graphs.</summary>
    /// <param name="detail">A few words, such as the text of a key selector; null for nothing.</param>
    /// <returns>A sink with the detail; to several branches give this one.</returns>
    public Sink<T> Described(string? detail) => new(Point.Described(detail));

    /// <summary>Gives the first node a name: see <see cref="Source{T}.Named"/>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>A sink with the name; to several branches give this one.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="name"/> is null, empty or white space.</exception>
    public Sink<T> Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(Point.Named(name));
    }
}

/// <summary>A sink with a result. As a branch of a broadcast it is a <see cref="Sink{T}"/> whose result no one sees.</summary>
/// <remarks>Thread safety: as <see cref="Sink{T}"/>.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed partial class Sink<T, TResult> : Sink<T>
{
    internal Sink(SinkPoint point)
        : base(point)
    {
    }

    /// <inheritdoc cref="Sink{T}.RefusingPolicies"/>
    public new Sink<T, TResult> RefusingPolicies(string reason) => new(Refusing(reason));

    /// <inheritdoc cref="Sink{T}.Described"/>
    public new Sink<T, TResult> Described(string? detail) => new(Point.Described(detail));

    /// <inheritdoc cref="Sink{T}.Named"/>
    public new Sink<T, TResult> Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(Point.Named(name));
    }
}
