using System.Runtime.CompilerServices;

namespace Sluice;

public partial class Sink<T>
{
    /// <summary>Has a failure of the sink handled by a policy, instead of failing the run: as <see cref="Stage{TIn, TOut}.OnError(ErrorPolicy)"/> does for a stage.</summary>
    /// <remarks>
    /// <para>A sink that is started again begins with a fresh state, and what it has done stays done. With <see cref="ErrorPolicy.Retry"/> and
    /// <see cref="ErrorPolicy.Restart"/> the item at which it has failed is offered again, so what a sink did with a part of an item may happen twice (at least once);
    /// otherwise the item is left out. Items before it are not offered again: a sink that holds items, or makes its result of all of them, refuses a policy. The result
    /// of a sink of your own (<see cref="Sink.Create{T, TResult}"/>) is that of its last coroutine.</para>
    /// <para>Not handled are failures before its first item and after its inbox was closed. Thread safety: as the sink.</para>
    /// </remarks>
    /// <param name="policy">The policy.</param>
    /// <returns>The sink with the policy; a graph shows it. To several branches give this one.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="policy"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there are stages before the sink, or branches: apply the policy to each of them; or the sink holds items
    /// besides the one that it is given: see <see cref="RefusingPolicies"/>.</exception>
    public Sink<T> OnError(ErrorPolicy policy) => new(Guarded(policy, null));

    /// <summary>The same, with somewhere to put the items that are given up: left out, or those that stop the run although the policy is for their error.</summary>
    /// <inheritdoc cref="OnError(ErrorPolicy)"/>
    /// <param name="policy">The policy.</param>
    /// <param name="deadLetter">Called within the run with each item that is given up, before anything else goes on. What it throws fails the sink, together with the
    /// item's error, as an <see cref="AggregateException"/>.</param>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there are stages before the sink, or branches; or the sink holds items; or <paramref name="deadLetter"/> is an
    /// <c>async void</c> method.</exception>
    public Sink<T> OnError(ErrorPolicy policy, Action<DeadLetter<T>> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <summary>The same with something to wait for: nothing else goes on until the item was put away.</summary>
    /// <inheritdoc cref="OnError(ErrorPolicy, Action{DeadLetter{T}})"/>
    [OverloadResolutionPriority(2)]
    public Sink<T> OnError(ErrorPolicy policy, Func<DeadLetter<T>, ValueTask> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="OnError(ErrorPolicy, Func{DeadLetter{T}, ValueTask})"/>
    public Sink<T> OnError(ErrorPolicy policy, Func<DeadLetter<T>, Task> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <summary>The same, and the callback gets the token of the sink; a cancellation counts as what has cancelled that.</summary>
    /// <inheritdoc cref="OnError(ErrorPolicy, Func{DeadLetter{T}, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public Sink<T> OnError(ErrorPolicy policy, Func<DeadLetter<T>, CancellationToken, ValueTask> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="OnError(ErrorPolicy, Func{DeadLetter{T}, CancellationToken, ValueTask})"/>
    public Sink<T> OnError(ErrorPolicy policy, Func<DeadLetter<T>, CancellationToken, Task> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <summary>The same with a target, started by hand: it gets the items that are given up and is not closed.</summary>
    /// <inheritdoc cref="OnError(ErrorPolicy, Action{DeadLetter{T}})"/>
    /// <param name="policy">The policy.</param>
    /// <param name="deadLetters">Where the items go.</param>
    public Sink<T> OnError(ErrorPolicy policy, Target<DeadLetter<T>> deadLetters) => new(Guarded(policy, Called(deadLetters)));

    private protected static Func<DeadLetter<T>, CancellationToken, ValueTask> Called(Action<DeadLetter<T>> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Callback.WithToken(Callback.Of(deadLetter)!);
    }

    private protected static Func<DeadLetter<T>, CancellationToken, ValueTask> Called(Func<DeadLetter<T>, ValueTask> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Callback.WithToken(deadLetter);
    }

    private protected static Func<DeadLetter<T>, CancellationToken, ValueTask> Called(Func<DeadLetter<T>, Task> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Callback.WithToken(deadLetter);
    }

    private protected static Func<DeadLetter<T>, CancellationToken, ValueTask> Called(Func<DeadLetter<T>, CancellationToken, ValueTask> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return deadLetter;
    }

    private protected static Func<DeadLetter<T>, CancellationToken, ValueTask> Called(Func<DeadLetter<T>, CancellationToken, Task> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Callback.WithToken(deadLetter);
    }

    private protected static Func<DeadLetter<T>, CancellationToken, ValueTask> Called(Target<DeadLetter<T>> deadLetters)
    {
        ArgumentNullException.ThrowIfNull(deadLetters);
        return (letter, _) => deadLetters.SendAsync(letter);
    }

    private protected SinkPoint Guarded(ErrorPolicy policy, Func<DeadLetter<T>, CancellationToken, ValueTask>? deadLetter)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var spec = Point.Spec;
        if (Point.Outputs.Length > 0 || spec is not IGuardable<T>)
        {
            throw new ArgumentException($"An error policy is for one sink, and '{spec.Name}' has more behind it. Apply the policy to the stages and sinks of which it is made.", nameof(policy));
        }

        return spec.RefusesPolicies is { } reason
            ? throw new ArgumentException($"'{spec.Name}' takes no error policy: {reason}", nameof(policy))
            : Point.With(new GuardSpec<T>(spec, new(policy, deadLetter)) { IsNamed = spec.IsNamed, HasResult = spec.HasResult });
    }
}

public sealed partial class Sink<T, TResult>
{
    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy)"/>
    public new Sink<T, TResult> OnError(ErrorPolicy policy) => new(Guarded(policy, null));

    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy, Action{DeadLetter{T}})"/>
    public new Sink<T, TResult> OnError(ErrorPolicy policy, Action<DeadLetter<T>> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy, Func{DeadLetter{T}, ValueTask})"/>
    [OverloadResolutionPriority(2)]
    public new Sink<T, TResult> OnError(ErrorPolicy policy, Func<DeadLetter<T>, ValueTask> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy, Func{DeadLetter{T}, Task})"/>
    public new Sink<T, TResult> OnError(ErrorPolicy policy, Func<DeadLetter<T>, Task> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy, Func{DeadLetter{T}, CancellationToken, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public new Sink<T, TResult> OnError(ErrorPolicy policy, Func<DeadLetter<T>, CancellationToken, ValueTask> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy, Func{DeadLetter{T}, CancellationToken, Task})"/>
    public new Sink<T, TResult> OnError(ErrorPolicy policy, Func<DeadLetter<T>, CancellationToken, Task> deadLetter) => new(Guarded(policy, Called(deadLetter)));

    /// <inheritdoc cref="Sink{T}.OnError(ErrorPolicy, Target{DeadLetter{T}})"/>
    public new Sink<T, TResult> OnError(ErrorPolicy policy, Target<DeadLetter<T>> deadLetters) => new(Guarded(policy, Called(deadLetters)));
}
