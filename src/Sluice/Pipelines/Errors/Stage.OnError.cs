using System.Runtime.CompilerServices;

namespace Sluice;

public sealed partial class Stage<TIn, TOut>
{
    /// <summary>Has a failure of the stage handled by a policy, instead of failing the run.</summary>
    /// <remarks>
    /// <para>A failure is what the stage itself raises while it handles an item. A policy that goes on starts the stage anew:
    /// see <see cref="ErrorPolicy"/> for what that means. Items keep their order, and the next one waits until the failed
    /// one is done with. Applied twice, the policy that was applied last gets what the other gives up on.</para>
    /// <para>For <c>SelectAsync</c> it is for each call by itself: a call that is tried again, also one that waits before, keeps its
    /// place in the order and counts as one that runs. An item that is left out has no result. For <c>SplitLines</c> it is for each line.</para>
    /// <para>Not handled, but as without a policy: a failure before the stage's first receive (unless an item is being retried,
    /// whose failure it then is) and after its inbox was closed, since there is no item; what is thrown in from before the
    /// stage; a failure or the end of what is behind it; the cancellation of the run, which also ends a wait before a retry;
    /// <see cref="InboxClosedException"/>. When nobody takes the stage's results any more, a wait ends and the item is dropped.</para>
    /// <para>It allocates nothing for an item that is handled. Thread safety: as the stage.</para>
    /// </remarks>
    /// <param name="policy">The policy.</param>
    /// <returns>The stage with the policy; a graph shows it.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="policy"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: this is several stages in a row, or several branches, or a stage that holds items
    /// besides the one that it is given (such as <c>Buffer</c> and <c>Delay</c>), which a fresh start would lose, or one whose items are parts of a
    /// document (such as <c>JsonEvents.Parse</c>): see <see cref="RefusingPolicies"/>.</exception>
    public Stage<TIn, TOut> OnError(ErrorPolicy policy) => Guarded(policy, null);

    /// <summary>The same, with somewhere to put the items that are given up: left out, or those that stop the run although the
    /// policy is for their error.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="deadLetter">Called within the run with each item that is given up, before anything else goes on. What it
    /// throws fails the stage, together with the item's error, as an <see cref="AggregateException"/>.</param>
    /// <returns>The stage with the policy; a graph shows it.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: this is several stages in a row, or <paramref name="deadLetter"/> is an <c>async void</c>
    /// method.</exception>
    public Stage<TIn, TOut> OnError(ErrorPolicy policy, Action<DeadLetter<TIn>> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Guarded(policy, Callback.WithToken(Callback.Of(deadLetter)!));
    }

    /// <summary>The same with something to wait for: nothing else goes on until the item was put away.</summary>
    /// <remarks>An <c>async</c> lambda is taken as this overload, or as the one with a token if it has two parameters.</remarks>
    /// <param name="policy">The policy.</param>
    /// <param name="deadLetter">Called with each item that is given up. What it throws, or its task ends with, fails the stage, together with
    /// the item's error, as an <see cref="AggregateException"/>.</param>
    /// <returns>The stage with the policy; a graph shows it.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: this is several stages in a row.</exception>
    [OverloadResolutionPriority(2)]
    public Stage<TIn, TOut> OnError(ErrorPolicy policy, Func<DeadLetter<TIn>, ValueTask> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Guarded(policy, Callback.WithToken(deadLetter));
    }

    /// <inheritdoc cref="OnError(ErrorPolicy, Func{DeadLetter{TIn}, ValueTask})"/>
    public Stage<TIn, TOut> OnError(ErrorPolicy policy, Func<DeadLetter<TIn>, Task> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Guarded(policy, Callback.WithToken(deadLetter));
    }

    /// <inheritdoc cref="OnError(ErrorPolicy, Func{DeadLetter{TIn}, ValueTask})"/>
    /// <param name="policy">The policy.</param>
    /// <param name="deadLetter">Called with each item that is given up, and with the token of the stage. What it throws, or its task ends
    /// with, fails the stage, together with the item's error, as an <see cref="AggregateException"/>; a cancellation counts as what has
    /// cancelled the token.</param>
    [OverloadResolutionPriority(1)]
    public Stage<TIn, TOut> OnError(ErrorPolicy policy, Func<DeadLetter<TIn>, CancellationToken, ValueTask> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Guarded(policy, deadLetter);
    }

    /// <inheritdoc cref="OnError(ErrorPolicy, Func{DeadLetter{TIn}, CancellationToken, ValueTask})"/>
    public Stage<TIn, TOut> OnError(ErrorPolicy policy, Func<DeadLetter<TIn>, CancellationToken, Task> deadLetter)
    {
        ArgumentNullException.ThrowIfNull(deadLetter);
        return Guarded(policy, Callback.WithToken(deadLetter));
    }

    /// <summary>The same with a target, started by hand: it gets the items that are given up and is not closed.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="deadLetters">Where the items go. A stage that runs several times at once needs a target that may be sent to
    /// from several threads.</param>
    /// <returns>The stage with the policy; a graph shows it.</returns>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: this is several stages in a row.</exception>
    public Stage<TIn, TOut> OnError(ErrorPolicy policy, Target<DeadLetter<TIn>> deadLetters)
    {
        ArgumentNullException.ThrowIfNull(deadLetters);
        return Guarded(policy, (letter, _) => deadLetters.SendAsync(letter));
    }

    private Stage<TIn, TOut> Guarded(ErrorPolicy policy, Func<DeadLetter<TIn>, CancellationToken, ValueTask>? deadLetter)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (Row.Count != 1)
        {
            throw new ArgumentException(
                $"An error policy is for one stage, and these are {Row.Count}: {string.Join(" | ", Specs.Select(spec => spec.Name))}. Apply it to each of them.", nameof(policy));
        }

        var (spec, handling) = (Specs[0], new ItemPolicy<TIn>(policy, deadLetter));
        if (spec.RefusesPolicies is { } reason)
        {
            throw new ArgumentException($"'{spec.Name}' takes no error policy: {reason}", nameof(policy));
        }

        if (spec is CoroutineSpec<TIn> { WithPolicy: { } withPolicy })
        {
            return new([withPolicy(handling) with { Name = spec.Name, IsNamed = spec.IsNamed, Detail = handling.DetailWith(spec.Detail) }]);
        }

        return spec is IGuardable<TIn>
            ? new([new GuardSpec<TIn>(spec, handling) { IsNamed = spec.IsNamed }])
            : throw new ArgumentException($"'{spec.Name}' takes no error policy: it has several branches. Apply the policy to the stages of each.", nameof(policy));
    }
}
