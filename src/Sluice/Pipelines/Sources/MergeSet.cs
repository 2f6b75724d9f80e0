using System.Diagnostics;
using System.Threading.Channels;

namespace Sluice;

/// <summary>Sources that come and go while a run merges them: <see cref="Source.Merge{T}(MergeSet{T})"/>.</summary>
/// <remarks>
/// <para>The run ends when the set is completed and all its sources have ended. Items come as in any merge: first come, first served, nothing is buffered, and each source
/// waits until its item has been taken. Sources run in the strand of the run, with its clock, and cannot have places of their own.</para>
/// <para>A set serves one run. Thread safety: all members may be used from any thread at any time.</para>
/// </remarks>
/// <typeparam name="T">The type of the items.</typeparam>
/// <param name="onFailure">What happens when a source fails. Default <see cref="FailedMember.FailAll"/>.</param>
[DebuggerDisplay("{_state}")]
public sealed class MergeSet<T>(FailedMember onFailure = FailedMember.FailAll)
{
    private readonly FailedMember _onFailure = Enum.IsDefined(onFailure)
        ? onFailure
        : throw new ArgumentOutOfRangeException(nameof(onFailure), onFailure, "This is none of the values of FailedMember.");

    private readonly Lock _lock = new();
    private readonly Channel<(Source<T> Source, MergeMember Member)> _added = Channel.CreateUnbounded<(Source<T>, MergeMember)>(new() { SingleReader = true });
    private SetState _state; // guarded by the lock

    private enum SetState
    {
        /// <summary>Its run has not begun.</summary>
        Waiting,

        Running,

        Ended,
    }

    /// <summary>Adds a source: it starts at once if the run goes on, else with the run.</summary>
    /// <param name="source">The source. One that is added twice runs twice.</param>
    /// <returns>To wait for it, and to remove it.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="source"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the set was completed, or its run has ended.</exception>
    public MergeMember Add(Source<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var member = new MergeMember(source.Point.Spec.Name);
        return _added.Writer.TryWrite((source, member))
            ? member
            : throw new InvalidOperationException($"'{member.Name}' comes too late: the set was completed, or its run has ended.");
    }

    /// <summary>No more sources come: the run ends when those that are there have ended. A second call does nothing.</summary>
    public void Complete() => _added.Writer.TryComplete();

    /// <summary>The set as the source of a run.</summary>
    internal async Coroutine RunIn(SourceRun<T> run)
    {
        Begin();
        var sources = InnerSources<T>.Of(run, "Merge");
        try
        {
            await Merge(run, sources);
        }
        catch
        {
            await sources.EndWithStage();
            throw;
        }
        finally
        {
            End();
        }
    }

    private async Coroutine Merge(SourceRun<T> run, InnerSources<T> sources)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = run.Cancellation.UnsafeRegister(static stopped => ((TaskCompletionSource)stopped!).TrySetResult(), stopped);
        Task<bool>? more = null;
        while (!stopped.Task.IsCompleted)
        {
            while (_added.Reader.TryRead(out var added))
            {
                Start(run, sources, added.Source, added.Member);
            }

            more ??= _added.Reader.WaitToReadAsync(CancellationToken.None).AsTask();
            if (more.IsCompleted && !await more)
            {
                more = Task.FromResult(false);
                if (sources.Count == 0)
                {
                    return;
                }

                await Task.WhenAny(sources.NextEnd, stopped.Task).ConfigureAwait(false);
            }
            else
            {
                await Task.WhenAny(more, sources.NextEnd, stopped.Task).ConfigureAwait(false);
                more = more.IsCompleted && await more ? null : more;
            }

            sources.ThrowIfFailed();
        }

        await Stop(run, sources);
    }

    /// <summary>The run is stopped, or nothing is taken any more.</summary>
    private static async Coroutine Stop(SourceRun<T> run, InnerSources<T> sources)
    {
        if (run.Next.IsClosed)
        {
            await sources.EndAll();
        }
        else
        {
            sources.StopIntake();
        }

        while (sources.Count > 0)
        {
            await sources.NextEnd.ConfigureAwait(false);
            sources.ThrowIfFailed();
        }

        sources.ThrowIfFailed();
        run.Run.Cancellation.ThrowIfCancellationRequested(); // all sources may have ended by it before the nodes were told: that is no normal end
    }

    private void Start(SourceRun<T> run, InnerSources<T> sources, Source<T> source, MergeMember member)
    {
        if (!member.TryStart())
        {
            return;
        }

        try
        {
            member.Started(sources.Start(source, TakesEnd).Cancel);
        }
        catch (Exception error)
        {
            member.End([error], areTold: _onFailure == FailedMember.FailAll); // it was not able to start
            if (_onFailure == FailedMember.FailAll)
            {
                throw;
            }
        }

        bool TakesEnd(InnerRun<T> inner)
        {
            var isOwn = _onFailure == FailedMember.Drop && !inner.Failures.Any(run.Run.HasFailedWith);
            member.End(inner.Failures, areTold: !isOwn);
            return isOwn || inner.Failures.Count == 0;
        }
    }

    private void Begin()
    {
        lock (_lock)
        {
            if (_state != SetState.Waiting)
            {
                throw new InvalidOperationException("The set of sources serves one run, and that has begun already. Make a set for each run.");
            }

            _state = SetState.Running;
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _state = SetState.Ended;
        }

        Complete();
        while (_added.Reader.TryRead(out var added))
        {
            added.Member.End([], areTold: true);
        }
    }
}

public static partial class Source
{
    /// <summary>All items of sources that come and go while the run goes on, as they come.</summary>
    /// <remarks>It ends when the set is completed and all its sources have ended. <see cref="PipelineRun.StopAsync"/> asks them to give no more items.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="set">The sources. A set serves one run; a second one fails with an <see cref="InvalidOperationException"/>.</param>
    /// <returns>All of them as one source.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="set"/> is null.</exception>
    public static Source<T> Merge<T>(MergeSet<T> set)
    {
        ArgumentNullException.ThrowIfNull(set);
        return Create<T>(set.RunIn, "Merge");
    }
}
