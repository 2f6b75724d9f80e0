using System.Diagnostics;

namespace Sluice;

/// <summary>One of several edges into an inbox: it can be closed by itself (rule 11). Owner: the run's strand.</summary>
[DebuggerDisplay("{_target}, edge from '{_edge.From.Name,nq}'")]
internal sealed class EdgeTarget<T> : Target<T>
{
    private readonly Target<T> _target;
    private readonly Edge _edge;
    private bool _isClosed;

    internal EdgeTarget(Target<T> target, Edge edge)
    {
        _target = target;
        _edge = edge;
    }

    public override bool IsClosed => _isClosed || _target.IsClosed;

    public override ValueTask SendAsync(T item) => _isClosed ? RefuseAsync() : _target.SendAsync(item);

    public override ValueTask ThrowAsync(Exception error) => _isClosed ? RefuseAsync() : _target.ThrowAsync(error);

    public override ValueTask CloseAsync()
    {
        _isClosed = true;
        return _edge.To.CloseFrom(_edge);
    }

    private ValueTask RefuseAsync() => ValueTask.FromException(new TargetClosedException(_target, _edge.To.Name, null, failed: false));
}
