using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Makes stages that can be kept, combined with <c>|</c> and used in many pipelines. Thread safety: all members
/// may be called from any thread.</summary>
public static partial class Stage
{
    /// <summary>A stage that is written as a coroutine.</summary>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="body">The stage's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call the node unless it gets a name of its own with <see cref="Stage{TIn,TOut}.Named"/>;
    /// default the method's name.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Stage<TIn, TOut> Create<TIn, TOut>(
        Func<Inbox<TIn>, Target<TOut>, Coroutine> body,
        string? name = null,
        [CallerArgumentExpression(nameof(body))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new([new CoroutineSpec<TIn>(
            name ?? NodeNames.Of(body, expression, "Stage"),
            NodeKind.Stage,
            null,
            (inbox, outputs) => body(inbox, (Target<TOut>)outputs[0]))]);
    }

    /// <summary>Several stages side by side as one: a node that sends to all of them, written as a coroutine, and one where
    /// what they send merges. For operators such as <see cref="Broadcast"/>.</summary>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TMiddle">The type of the items that go to the branches.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="body">The coroutine's method; it gets one target for each branch, in their order.</param>
    /// <param name="name">What to call the node that sends.</param>
    /// <param name="branches">The branches; at least one. A stage may be there more than once.</param>
    /// <returns>All of it as one stage; a name or detail given to it is that of the node that sends.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there is no branch, or one of them is null.</exception>
    public static Stage<TIn, TOut> FanOut<TIn, TMiddle, TOut>(Func<Inbox<TIn>, IReadOnlyList<Target<TMiddle>>, Coroutine> body, string name, params Stage<TMiddle, TOut>[] branches)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(branches);
        if (branches.Length == 0 || branches.Contains(null!))
        {
            throw new ArgumentException($"'{name}' needs at least one branch, and none that is null.", nameof(branches));
        }

        var fanOut = new CoroutineSpec<TIn>(name, NodeKind.FanOut, null, (items, outputs) => body(items, Array.ConvertAll(outputs, static output => (Target<TMiddle>)output)));
        return new([new BranchesSpec(fanOut, Array.ConvertAll(branches, static branch => branch.Specs), Source.MergeSpec<TOut>())]);
    }

    /// <summary>A stage that needs no coroutine: see <see cref="Operator{TIn,TOut}"/>.</summary>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="create">Makes the operator for one run, given where its results go.</param>
    /// <param name="name">What to call the node.</param>
    /// <param name="detail">More about the node, shown in graphs; default nothing.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="create"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="name"/> is null, empty or white space.</exception>
    public static Stage<TIn, TOut> FromOperator<TIn, TOut>(Func<Target<TOut>, Operator<TIn, TOut>> create, string name, string? detail = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new([new OperatorSpec<TIn, TOut>(name, NodeNames.Detail(detail), create)]);
    }
}

/// <summary>One stage or several in a row. Thread safety: immutable; may be used in any number of places, and is a
/// node of its own in each.</summary>
/// <typeparam name="TIn">The type of the items that come in.</typeparam>
/// <typeparam name="TOut">The type of the items that go out.</typeparam>
[DebuggerDisplay("Stage: {Specs[0].Name,nq}")]
public sealed partial class Stage<TIn, TOut>
{
    internal Stage(params NodeSpec[] specs)
        : this(new StageRow(specs))
    {
    }

    internal Stage(StageRow row) => Row = row;

    internal StageRow Row { get; }

    internal NodeSpec[] Specs => Row.Specs;

    /// <summary>Makes <see cref="OnError(ErrorPolicy)"/> refuse the stage: for a stage that a fresh start with the next item would break, since its
    /// items belong together, or since it holds some.</summary>
    /// <param name="reason">Why, and what to do instead; the error says it behind the stage's name.</param>
    /// <returns>The same stage, which takes no error policy.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="reason"/> is null, empty or white space.</exception>
    public Stage<TIn, TOut> RefusingPolicies(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(Row.WithLast(Row.Last with { RefusesPolicies = reason }));
    }

    /// <summary>Says that the last node has no state between items.</summary>
    internal Stage<TIn, TOut> KeepingNothing() => new(Row.WithLast(Row.Last with { Keeps = KeptState.None }));

    /// <inheritdoc cref="NodeSpec.ActsOutside"/>
    internal Stage<TIn, TOut> ActingOutside() => new(Row.WithLast(Row.Last with { ActsOutside = true }));

    /// <summary>Says more about the last node, for graphs.</summary>
    /// <param name="detail">A few words, such as the text of a condition; null for nothing.</param>
    /// <returns>The same stage with the detail.</returns>
    public Stage<TIn, TOut> Described(string? detail) => new(Row.WithLast(Row.Last with { Detail = NodeNames.Detail(detail) }));

    /// <summary>Starts the stages by hand, outside of a pipeline: what is sent to the first comes out at <paramref name="next"/>.</summary>
    /// <remarks>As with <see cref="Target.Start{T}"/>: errors come out of the sends, and <paramref name="next"/> is left open. So
    /// stages can be captured with their state: see <c>SnapshotAsync</c>.</remarks>
    /// <param name="next">Where the last stage sends to.</param>
    /// <returns>Where to send items. Closing it closes the stages, one after the other.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="next"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: a stage has several inboxes, or is under an error policy; or these are more than 500
    /// stages in a row, whose sends, one inside the other, the stack may not hold. In a pipeline there is no limit.</exception>
    public CoroutineTarget<TIn> Start(Target<TOut> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        StageByHand.Check(Specs);
        return (CoroutineTarget<TIn>)StageByHand.Instance.Start(Specs, [next], []);
    }

    /// <summary>Gives the last node a name: see <see cref="Source{T}.Named"/>.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The same stage with the name.</returns>
    /// <exception cref="ArgumentException">Thrown: <paramref name="name"/> is null, empty or white space.</exception>
    public Stage<TIn, TOut> Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(Row.WithLast(Row.Last with { Name = name, IsNamed = true }));
    }
}
