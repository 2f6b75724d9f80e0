namespace Sluice;

/// <summary>The run of a source inside a stage of another run, within that one's strand: what it produces goes to what is behind the stage.</summary>
/// <remarks>Owner: the strand; it may be cancelled from anywhere.</remarks>
internal sealed class InnerRun<T>
{
    private readonly Run _run;
    private readonly CancellationTokenRegistration _registration;

    /// <param name="source">The source. All of it has to run where the stage does.</param>
    /// <param name="stage">The stage's name.</param>
    /// <param name="strand">The strand, which the caller holds.</param>
    /// <param name="failsIfIncomplete">As <see cref="RunOptions.IncompleteInput"/> says of the outer run.</param>
    /// <param name="pass">What stands at its end: takes its items.</param>
    /// <param name="ended">Called within the strand when all of it has ended.</param>
    /// <param name="cancellation">The stage's token, which cancels it.</param>
    /// <exception cref="InvalidOperationException">A part of the source has a place of its own.</exception>
    internal InnerRun(Source<T> source, string stage, Strand strand, bool failsIfIncomplete, Func<Inbox<T>, Coroutine> pass, Action<InnerRun<T>> ended, CancellationToken cancellation)
    {
        var graph = GraphBuilder.Build(source.Point, new SinkPoint(new CoroutineSpec<T>(stage, NodeKind.Sink, null, (items, _) => pass(items))));
        if (!graph.IsInOnePlace)
        {
            throw new InvalidOperationException(
                $"The source '{source.Point.Spec.Name}' has a part with a place of its own (On), and a source inside '{stage}' runs where '{stage}' does. Leave out On there, or give '{stage}' the place.");
        }

        _run = new Run(graph, strand, failsIfIncomplete, _ =>
        {
            _registration.Unregister();
            ended(this);
        });
        _registration = cancellation.UnsafeRegister(static inner => ((InnerRun<T>)inner!).Cancel(), this);
    }

    /// <summary>All failures, the first one first. When it has ended.</summary>
    internal IReadOnlyList<Exception> Failures => _run.Failures;

    /// <summary>Gets whether it was cancelled. When it has ended.</summary>
    internal bool WasCanceled => _run.WasCanceled;

    /// <summary>Its sources start from the strand's queue.</summary>
    internal void Start()
    {
        _run.Prepare();
        _run.GetSourcesReady();
    }

    /// <summary>From any thread. It has ended when its <c>finally</c> blocks have run.</summary>
    internal void Cancel() => _run.Cancel();

    /// <summary>From any thread: its sources give no more items, and it ends behind those that are under way.</summary>
    internal void StopIntake() => _run.StopIntake();
}
