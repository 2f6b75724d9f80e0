using System.Diagnostics;

namespace Sluice;

/// <summary>An edge at the end of a long way: see <see cref="SendDepth"/>.</summary>
internal interface IDeepEdge
{
    /// <summary>The edge ends, normally or with a failure, but behind what it holds back: it says so itself then. False if it holds back nothing.</summary>
    bool TryEndLater(Exception? failure);

    /// <summary>Gets whether it holds something back.</summary>
    bool IsHolding { get; }
}

/// <summary>Its target. A send goes on from the strand's queue if the stack has no room for it, and so does everything that is sent while one waits
/// there. Owner: the run's strand.</summary>
[DebuggerDisplay("{_target}, deep; {_waiting} waiting")]
internal sealed class DeepEdge<T> : Target<T>, IDeepEdge
{
    private readonly Target<T> _target;
    private readonly Edge _edge;

    /// <summary>The number of sends that and throws are in the strand's queue.</summary>
    private int _waiting;

    /// <summary>The edge has ended behind them, and with what failure.</summary>
    private bool _hasEnded;
    private Exception? _failure;

    internal DeepEdge(Target<T> target, Edge edge)
    {
        _target = target;
        _edge = edge;
        edge.Deep = this;
    }

    public override bool IsClosed => _target.IsClosed;

    public bool IsHolding => _waiting > 0;

    internal Edge Edge => _edge;

    private SendDepth Depth => _edge.To.Run.Depth;

    public override ValueTask SendAsync(T item)
    {
        if (_waiting > 0 || !Depth.TryGoDeeper())
        {
            return Wait(new DeepSend<T>(this, item));
        }

        try
        {
            return _target.SendAsync(item);
        }
        finally
        {
            Depth.ComeBack();
        }
    }

    public override ValueTask ThrowAsync(Exception error)
    {
        if (_waiting > 0 || !Depth.TryGoDeeper())
        {
            return Wait(new DeepSend<T>(this, new ThrowMessage(error)));
        }

        try
        {
            return _target.ThrowAsync(error);
        }
        finally
        {
            Depth.ComeBack();
        }
    }

    /// <summary>A close goes to the node, which asks <see cref="TryEndLater"/>.</summary>
    public override ValueTask CloseAsync() => _target.CloseAsync();

    public bool TryEndLater(Exception? failure)
    {
        if (_waiting == 0)
        {
            return false;
        }

        (_hasEnded, _failure) = (true, failure);
        return true;
    }

    /// <summary>Makes a call that has waited, at the bottom of the stack.</summary>
    internal ValueTask GoOn(T item, ThrowMessage? message)
    {
        try
        {
            return message is null ? _target.SendAsync(item) : _target.ThrowAsync(message.Error);
        }
        finally
        {
            if (--_waiting == 0 && _hasEnded)
            {
                _edge.To.EndInput(_edge.Slot, _failure); // behind the call: what it has sent is with the target, or waits there
            }
        }
    }

    private ValueTask Wait(DeepSend<T> send)
    {
        _waiting++;
        _edge.To.Run.Strand.Ready(send);
        return send.AsValueTask();
    }
}
