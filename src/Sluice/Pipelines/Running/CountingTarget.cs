using System.Diagnostics;

namespace Sluice;

/// <summary>An edge that counts what goes along it, in runs that want it counted. Owner: the run's strand.</summary>
[DebuggerDisplay("{_target}, counted")]
internal sealed class CountingTarget<T> : Target<T>
{
    private readonly Target<T> _target;
    private readonly Edge _edge;

    private CountingTarget(Target<T> target, Edge edge) => (_target, _edge) = (target, edge);

    public override bool IsClosed => _target.IsClosed;

    /// <summary>The target itself, or one that counts, if the run wants that; from any thread, if the sender may be on any; and at the end of
    /// a long way one that looks at the stack.</summary>
    internal static Target<T> For(Target<T> target, Edge edge)
    {
        target = edge.IsDeep ? new DeepEdge<T>(target, edge) : target;
        return StrandEdge<T>.For(edge.To.Run.CountsItems ? new CountingTarget<T>(target, edge) : target, edge);
    }

    public override ValueTask SendAsync(T item)
    {
        _edge.Sent++;
        var sent = _target.SendAsync(item);
        if (!sent.IsCompletedSuccessfully)
        {
            return CountedSend.Follow(sent, _edge);
        }

        _edge.Completed++;
        return default;
    }

    public override ValueTask ThrowAsync(Exception error) => _target.ThrowAsync(error);

    public override ValueTask CloseAsync() => _target.CloseAsync();
}
