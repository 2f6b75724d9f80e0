using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The sources that run inside a stage, and send what they produce to what is behind it. Owner: the stage's strand.</summary>
/// <param name="stage">The stage's name.</param>
/// <param name="strand">The strand.</param>
/// <param name="failsIfIncomplete">As <see cref="RunOptions.IncompleteInput"/> says.</param>
/// <param name="next">What is behind the stage.</param>
/// <param name="cancellation">The stage's token.</param>
internal sealed class InnerSources<T>(string stage, Strand strand, bool failsIfIncomplete, Target<T> next, CancellationToken cancellation)
{
    private readonly HashSet<InnerRun<T>> _open = [];

    /// <summary>Failures that the stage has not been told of: <see cref="ThrowIfFailed"/> throws the first.</summary>
    private readonly Queue<Exception> _untold = new();
    private TaskCompletionSource _nextEnd = new();

    internal int Count => _open.Count;

    /// <summary>Completes when the next source ends. Ask for it each time: a task on which a wait before is still registered would resume this one too.</summary>
    internal Task NextEnd => (_nextEnd = new()).Task;

    internal static InnerSources<T> Of<TIn>(Inbox<TIn> items, Target<T> next) => new(items.Name, items.Strand, items.FailsIfIncomplete, next, items.Cancellation);

    internal static InnerSources<T> Of(SourceRun<T> run, string name) => new(name, run.Run.Strand, run.Run.FailsIfIncomplete, run.Next, run.Run.Ended);

    /// <summary>Starts a source, which runs beside those that are open. It begins when the stage waits.</summary>
    /// <param name="source">The source; null is an error of the code that has made it.</param>
    /// <param name="takesEnd">Called when it has ended; true: it sees to the failures itself. Default: the stage is told of them.</param>
    internal InnerRun<T> Start(Source<T>? source, Func<InnerRun<T>, bool>? takesEnd = null)
    {
        var inner = new InnerRun<T>(
            source ?? throw new InvalidOperationException("The selector returned null instead of a source."), stage, strand, failsIfIncomplete, Pass, run => End(run, takesEnd), cancellation);
        _open.Add(inner);
        inner.Start();
        return inner;
    }

    /// <summary>The end or the failure of a source, or the end of what is behind the stage, is raised here, each once.</summary>
    internal void ThrowIfFailed()
    {
        if (_untold.TryDequeue(out var error))
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <summary>Cancels all that are open, and waits for their ends. A failure in that time is told as any other.</summary>
    internal async Coroutine EndAll()
    {
        foreach (var inner in _open.ToArray())
        {
            inner.Cancel();
        }

        while (_open.Count > 0)
        {
            await NextEnd.ConfigureAwait(false);
        }
    }

    /// <summary>Asks all that are open to give no more items.</summary>
    internal void StopIntake()
    {
        foreach (var inner in _open)
        {
            inner.StopIntake();
        }
    }

    /// <summary>The same for a stage that ends: no failure is lost, also if it ends with another one.</summary>
    internal async Coroutine EndWithStage()
    {
        await EndAll();
        while (_untold.TryDequeue(out var error))
        {
            if (error is not (TargetClosedException or OperationCanceledException))
            {
                _ = Fail(error); // no one awaits it: so the run reports it
            }
        }
    }

    private static async Coroutine Fail(Exception error)
    {
        await default(ValueTask);
        ExceptionDispatchInfo.Throw(error);
    }

    private void End(InnerRun<T> inner, Func<InnerRun<T>, bool>? takesEnd)
    {
        _open.Remove(inner);
        if (takesEnd?.Invoke(inner) is not true)
        {
            foreach (var failure in inner.Failures)
            {
                _untold.Enqueue(failure);
            }

            if (inner.WasCanceled && cancellation.IsCancellationRequested)
            {
                _untold.Enqueue(new OperationCanceledException(cancellation));
            }
        }

        _nextEnd.TrySetResult();
    }

    /// <summary>The last node of a source. When nothing is taken any more the source ends normally, and the stage is told.</summary>
    private async Coroutine Pass(Inbox<T> items)
    {
        try
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }
        }
        catch (TargetClosedException closed) when (!closed.Failed && next.IsClosed)
        {
            _untold.Enqueue(closed);
        }
    }
}
