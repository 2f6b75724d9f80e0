namespace Sluice;

/// <summary>An edge to another segment of this process: both work on the same ring.</summary>
internal sealed class LocalOutlet<T> : Outlet<T>, IInletPeer
{
    private readonly Inlet<T> _inlet;

    internal LocalOutlet(Inlet<T> inlet)
    {
        _inlet = inlet;
        inlet.Peer = this;
    }

    /// <summary>The number of items that the reader has not handled yet.</summary>
    internal int Waiting => _inlet.Capacity - _inlet.Room;

    /// <summary>A sender that waited goes on when a good part is free, not for each item.</summary>
    private protected override bool HasRoom => _inlet.Room >= Math.Max(1, _inlet.Capacity / 4);

    internal override bool TrySend(T item)
    {
        if (!_inlet.TryWrite(item))
        {
            return false;
        }

        _inlet.WakeReader();
        return true;
    }

    internal override int SendSome(ReadOnlySpan<T> items)
    {
        var written = _inlet.Write(items);
        if (written > 0)
        {
            _inlet.WakeReader();
        }

        return written;
    }

    internal override void SendControl(ControlMessage message, Action<Exception?>? done = null)
    {
        _inlet.WriteControl(message, done);
        _inlet.WakeReader();
    }

    bool IInletPeer.IsNear => true;

    private protected override bool IsNear => true;

    void IInletPeer.Released(int count) => ResumeSender();

    void IInletPeer.Opened() => OpenExit();

    void IInletPeer.ReaderEnded(Exception? failure) => EndExit(failure);

    void IInletPeer.Settled() => Settle();
}
