using System.Diagnostics;

namespace Sluice;

/// <summary>One of several edges into a node: it can be closed by itself (rule 11). Owner: the run's strand.</summary>
[DebuggerDisplay("{_target}, edge from '{_from.Name,nq}'")]
internal sealed class EdgeTarget<T> : Target<T>
{
    private readonly Target<T> _target;
    private readonly Node _node;
    private readonly Node _from;
    private bool _isClosed;

    internal EdgeTarget(Target<T> target, Node node, Node from)
    {
        _target = target;
        _node = node;
        _from = from;
    }

    public override bool IsClosed => _isClosed || _target.IsClosed;

    public override ValueTask SendAsync(T item) => _isClosed ? RefuseAsync() : _target.SendAsync(item);

    public override ValueTask ThrowAsync(Exception error) => _isClosed ? RefuseAsync() : _target.ThrowAsync(error);

    public override ValueTask CloseAsync()
    {
        _isClosed = true;
        return _node.CloseFrom(_from);
    }

    private ValueTask RefuseAsync() => ValueTask.FromException(new TargetClosedException(_target, _node.Name, null, failed: false));
}
