using System.Runtime.CompilerServices;

namespace Sluice;

public sealed partial class Source<T>
{
    /// <summary>Has a failure of the source handled by a policy, which starts it again, instead of failing the run.</summary>
    /// <remarks>
    /// <para>A failure is what the source itself raises. What is behind it ends and fails as without a policy, and so does the run that is cancelled, which also ends a
    /// wait before a restart. <see cref="ErrorPolicy.Retry"/> counts the failures in a row, between which nothing was sent; <see cref="ErrorPolicy.Restart"/> those of the
    /// run, or since it last went well for a time (<see cref="ErrorPolicy.ResetAfter"/>). A source has no item that could be left out, so a policy that skips is
    /// refused. Applied twice, the policy that was applied last gets what the other gives up on.</para>
    /// <para>Where it goes on, its kind says. <c>Source.Lines</c> of a path, also one that is followed, goes on behind the last line that it has sent: the line at which it has failed
    /// is read again. If another file has the name by then, the one that was being read is read to its end. Sources of streams, pipes, standard input, channels and blocks go
    /// on with what has not been read. All others begin from the start: sequences, observables (they are subscribed to again), parsers of documents, and coroutines
    /// (<see cref="Source.Create{T}(Func{Target{T}, CancellationToken, Coroutine}, string, string)"/>), unless they keep a position in
    /// <see cref="SourceRun{T}.RestartPosition"/>. What they have sent already is sent again then. The overloads with a callback say which it is.</para>
    /// <para>Thread safety: as the source.</para>
    /// </remarks>
    /// <param name="policy">The policy: <see cref="ErrorPolicy.Restart"/>, <see cref="ErrorPolicy.Retry"/> or <see cref="ErrorPolicy.Stop"/>.</param>
    /// <returns>The source with the policy; a graph shows it.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="policy"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there are stages behind the source, or several sources come together: apply the policy to each; or the policy leaves out
    /// items.</exception>
    public Source<T> OnError(ErrorPolicy policy) => Guarded(policy, null);

    /// <summary>The same with a callback for each restart: what has failed, when the source starts again, and where it goes on.</summary>
    /// <inheritdoc cref="OnError(ErrorPolicy)"/>
    /// <param name="policy">The policy: <see cref="ErrorPolicy.Restart"/>, <see cref="ErrorPolicy.Retry"/> or <see cref="ErrorPolicy.Stop"/>.</param>
    /// <param name="restarting">Called within the run before the wait for each restart. What it throws fails the source, together with the failure, as an
    /// <see cref="AggregateException"/>.</param>
    /// <exception cref="ArgumentNullException">Thrown: an argument is null.</exception>
    /// <exception cref="ArgumentException">Thrown: there are stages behind the source, or several sources come together: apply the policy to each; or the policy leaves out
    /// items; or <paramref name="restarting"/> is an <c>async void</c> method.</exception>
    public Source<T> OnError(ErrorPolicy policy, Action<SourceRestart> restarting)
    {
        ArgumentNullException.ThrowIfNull(restarting);
        return Guarded(policy, Callback.WithToken(Callback.Of(restarting)!));
    }

    /// <summary>The same with something to wait for: the wait for the restart begins when it is done.</summary>
    /// <inheritdoc cref="OnError(ErrorPolicy, Action{SourceRestart})"/>
    /// <param name="policy">The policy: <see cref="ErrorPolicy.Restart"/>, <see cref="ErrorPolicy.Retry"/> or <see cref="ErrorPolicy.Stop"/>.</param>
    /// <param name="restarting">Called within the run before the wait for each restart. What it throws, or its task ends with, fails the source, together with the failure, as
    /// an <see cref="AggregateException"/>.</param>
    [OverloadResolutionPriority(2)]
    public Source<T> OnError(ErrorPolicy policy, Func<SourceRestart, ValueTask> restarting)
    {
        ArgumentNullException.ThrowIfNull(restarting);
        return Guarded(policy, Callback.WithToken(restarting));
    }

    /// <inheritdoc cref="OnError(ErrorPolicy, Func{SourceRestart, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public Source<T> OnError(ErrorPolicy policy, Func<SourceRestart, Task> restarting)
    {
        ArgumentNullException.ThrowIfNull(restarting);
        return Guarded(policy, Callback.WithToken(restarting));
    }

    private Source<T> Guarded(ErrorPolicy policy, Func<SourceRestart, CancellationToken, ValueTask>? restarting)
    {
        ArgumentNullException.ThrowIfNull(policy);
        if (Point.Spec is not SourceSpec<T> spec)
        {
            throw new ArgumentException(
                Point.Spec is ISourceSpec
                    ? $"'{Point.Spec.Name}' gives its items keys. Apply the error policy to the source before that: source.OnError(...).{nameof(IdempotencyKeys.WithIdempotencyKeys)}()."
                    : $"This error policy is for a source, and '{Point.Spec.Name}' is a node behind one. Apply it to the source, before its stages; a stage takes one with {nameof(Stage)}: Through(stage.OnError(...)).",
                nameof(policy));
        }

        if (policy.SkipsItem)
        {
            throw new ArgumentException($"'{policy}' leaves out the item that fails, and a source has none. Use {nameof(ErrorPolicy.Restart)} or {nameof(ErrorPolicy.Retry)} without skipping.", nameof(policy));
        }

        var detail = $"{(spec.Detail is null ? "" : $"{spec.Detail}; ")}on error {policy}";
        return new(Point.With(spec with { Policies = [.. spec.Policies, new(policy, restarting)], Detail = detail }));
    }
}
