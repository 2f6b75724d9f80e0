using System.Diagnostics;

namespace Sluice;

/// <summary>An edge whose target has no way in of its own, such as an operator: code that a stage has started on another thread may
/// send along it too. It enters the run's strand first.</summary>
[DebuggerDisplay("{_target}, from any thread")]
internal sealed class StrandEdge<T> : Target<T>
{
    private readonly Target<T> _target;
    private readonly Strand _strand;

    private StrandEdge(Target<T> target, Strand strand) => (_target, _strand) = (target, strand);

    public override bool IsClosed => _target.IsClosed;

    /// <summary>The target itself if it enters the strand by itself.</summary>
    internal static Target<T> For(Target<T> target, Strand strand) =>
        target is CoroutineTarget<T> or StrandEdge<T> ? target : new StrandEdge<T>(target, strand);

    /// <summary>The target of a node along an edge. An operator is called on its sender's stack, which is in the strand, and sends only then; so
    /// do the library's own sources.</summary>
    internal static Target<T> For(Target<T> target, Edge edge) =>
        edge.From.Blueprint.Kind is NodeKind.Operator or NodeKind.Source ? target : For(target, edge.To.Run.Strand);

    public override ValueTask SendAsync(T item) =>
        _strand.IsHeldHere ? _target.SendAsync(item) : _strand.CallAsync((_target, item), static call => call._target.SendAsync(call.item));

    public override ValueTask ThrowAsync(Exception error) => _strand.CallAsync((_target, error), static call => call._target.ThrowAsync(call.error));

    public override ValueTask CloseAsync() => _strand.CallAsync(_target, static target => target.CloseAsync());
}
