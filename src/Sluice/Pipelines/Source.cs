using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The beginning of a pipeline: something that produces items, and the stages they go through so far.</summary>
/// <remarks>A blueprint: nothing runs until a pipeline made from it runs. Thread safety: immutable; may be used in any
/// number of pipelines.</remarks>
/// <typeparam name="T">The type of the items.</typeparam>
[DebuggerDisplay("Source: {Point.Spec.Name,nq}")]
public sealed partial class Source<T>
{
    internal Source(SourcePoint point) => Point = point;

    internal SourcePoint Point { get; }

    /// <summary>The same, whose inboxes are opened by its coroutine: see <see cref="NodeSpec.OpensInTurn"/>.</summary>
    internal Source<T> OpeningInTurn() => new(Point.With(Point.Spec with { OpensInTurn = true }));

    /// <summary>Sends the items through a stage that is written as a coroutine.</summary>
    /// <typeparam name="TOut">The type of what the stage sends on.</typeparam>
    /// <param name="stage">The stage's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node; default the method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The longer source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stage"/> is null.</exception>
    public Source<TOut> Through<TOut>(
        Func<Inbox<T>, Target<TOut>, Coroutine> stage,
        string? name = null,
        [CallerArgumentExpression(nameof(stage))] string? expression = null) =>
        Through(name is null ? Stage.Create(stage, null, expression) : Stage.Create(stage).Named(name));

    /// <summary>Sends the items through a stage.</summary>
    /// <typeparam name="TOut">The type of what the stage sends on.</typeparam>
    /// <param name="stage">The stage; it may be used in any number of places.</param>
    /// <returns>The longer source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="stage"/> is null.</exception>
    public Source<TOut> Through<TOut>(Stage<T, TOut> stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return new(Point.Then(stage.Specs));
    }

    /// <summary>Ends the pipeline with a sink that is written as a coroutine.</summary>
    /// <param name="sink">The sink's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node; default the method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="sink"/> is null.</exception>
    public Pipeline To(
        Func<Inbox<T>, Coroutine> sink,
        string? name = null,
        [CallerArgumentExpression(nameof(sink))] string? expression = null) =>
        To(name is null ? Sink.Create(sink, null, expression) : Sink.Create(sink).Named(name));

    /// <summary>The same with a result: what the sink's method returns.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="sink">The sink's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node; default the method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="sink"/> is null.</exception>
    public Pipeline<TResult> To<TResult>(
        Func<Inbox<T>, Coroutine<TResult>> sink,
        string? name = null,
        [CallerArgumentExpression(nameof(sink))] string? expression = null) =>
        To(name is null ? Sink.Create(sink, null, expression) : Sink.Create(sink).Named(name));

    /// <summary>Ends the pipeline with a sink.</summary>
    /// <param name="sink">The sink.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="sink"/> is null.</exception>
    public Pipeline To(Sink<T> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return new(Point, sink.Point);
    }

    /// <summary>Ends the pipeline with a sink that has a result.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="sink">The sink.</param>
    /// <returns>The pipeline.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="sink"/> is null.</exception>
    public Pipeline<TResult> To<TResult>(Sink<T, TResult> sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        return new(Point, sink.Point);
    }

    /// <summary>Says where everything after this runs, up to the next <see cref="On"/>.</summary>
    /// <remarks>What is before it does not change its place: to move a source itself, name it in
    /// <see cref="RunOptions.Placement"/>. A node where several sources come together runs where the first of them says. Items cross
    /// in order, and no more of them are under way than the environment's capacity. The same environment twice in one pipeline is one
    /// place: what runs there never runs at the same time.</remarks>
    /// <param name="env">The environment.</param>
    /// <returns>The same source; what is put behind it runs there.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="env"/> is null.</exception>
    public Source<T> On(Env env)
    {
        ArgumentNullException.ThrowIfNull(env);
        return new(Point.On(env));
    }

    /// <summary>Gives the last node a name. Names are unique within a pipeline: a name that is taken gets a number.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The same source with the name.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="name"/> is null, empty or white space.</exception>
    public Source<T> Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(Point.Named(name));
    }
}
