using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>Captures coroutines and generators as values, and moves them.</summary>
/// <remarks>Thread safety: as the members say.</remarks>
public static class SnapshotExtensions
{
    /// <param name="target">The running coroutine.</param>
    /// <typeparam name="T">The type of the items.</typeparam>
    extension<T>(CoroutineTarget<T> target)
    {
        /// <summary>Captures the coroutine where it waits for its next item, with everything that it refers to: the coroutines
        /// that it awaits, and those that it sends to. It goes on as if nothing had been.</summary>
        /// <remarks>
        /// <para>The request takes its place behind sends that wait already, and waits until the coroutine, and each other that it
        /// sends to, waits for an item. No send that is under way is in the snapshot. The copy shares nothing with the original;
        /// each runs its own <c>finally</c> blocks.</para>
        /// <para>A coroutine of a pipeline's run cannot be captured by itself. A coroutine that awaits its own snapshot, or that of one
        /// that sends to it, gets an error, since it would wait for itself.</para>
        /// </remarks>
        /// <param name="options">What stays outside, and which types may be stored; default nothing, and the application's own.</param>
        /// <returns>The snapshot.</returns>
        /// <exception cref="NotPortableException">Awaited: something that it keeps cannot be stored.</exception>
        /// <exception cref="TargetClosedException">Awaited: it has ended or was closed before.</exception>
        /// <exception cref="InvalidOperationException">Awaited: a coroutine would wait for itself, or another thread uses this one.</exception>
        [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
        [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
        public ValueTask<CoroutineSnapshot> SnapshotAsync(SnapshotOptions? options = null) => new SnapshotMessage(target, options ?? SnapshotOptions.Default).SendAsync();

        /// <summary>Captures the coroutine as <see cref="SnapshotAsync"/> does, and ends it here, with all that is in the snapshot:
        /// whoever resumes the snapshot has the only one.</summary>
        /// <remarks>Its <c>finally</c> blocks do not run here, but where it ends. Its status is then
        /// <see cref="CoroutineStatus.Moved"/>; sends to it, those that wait too, fail, and so does <see cref="CoroutineTarget{T}.Completion"/>.</remarks>
        /// <inheritdoc cref="SnapshotAsync"/>
        [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
        [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
        public ValueTask<CoroutineSnapshot> MoveAsync(SnapshotOptions? options = null) => new MoveMessage(target, options ?? SnapshotOptions.Default).SendAsync();
    }

    /// <param name="generator">The generator.</param>
    /// <typeparam name="TOut">The type of the items that come out.</typeparam>
    extension<TOut>(Generator<TOut> generator)
    {
        /// <summary>Captures it where it waits, with all that it delegates to and refers to; or not started, or ended. It is as
        /// before.</summary>
        /// <param name="options">What stays outside, and which types may be stored; default nothing, and the application's own.</param>
        /// <returns>The snapshot: see <see cref="CoroutineSnapshot.ResumeGenerator{TGenerator}"/>.</returns>
        /// <exception cref="NotPortableException">Thrown: something that it keeps cannot be stored, or it is executing.</exception>
        /// <exception cref="InvalidOperationException">Thrown: it keeps a target that is busy.</exception>
        [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
        [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
        public CoroutineSnapshot Snapshot(SnapshotOptions? options = null) =>
            SnapshotFormat.TryCapture(generator, options ?? SnapshotOptions.Default, moves: false, out var blocked)
            ?? throw new InvalidOperationException($"The generator '{generator.Name}' keeps the target '{blocked!.Receiver.Name}', which is busy.");
    }
}
