namespace Sluice;

/// <summary>The port of an exit. While its coroutine waits for an item there is nothing to do but to put that into the ring, which
/// the sender does itself; only where there is no room is the coroutine resumed, to wait.</summary>
internal sealed class ExitPort<T>(Node node, Outlet<T> outlet) : NodePort<T>(node, hasResult: false), IReceiver
{
    /// <summary>Null for an edge to elsewhere: an item that cannot be written is a failure of the exit.</summary>
    private readonly LocalOutlet<T>? _local = outlet as LocalOutlet<T>;

    /// <summary>The number of items that were sent and are not handled yet, if the other side is in this process. Any thread.</summary>
    internal int Waiting => _local?.Waiting ?? 0;

    /// <summary>It has taken all that there is room for.</summary>
    string IReceiver.DescribeSend => $"waits for room on the edge {Name}";

    /// <summary>A mark has no credit: it goes into the ring, or the frame, behind the items.</summary>
    private protected override void PassOn(long number) => outlet.SendControl(new MarkMessage(number));

    /// <summary>The end of the other side is raised as if it were that of the inbox: then nothing was cut off.</summary>
    internal override bool FailsIfIncomplete => false;

    public override ValueTask SendAsync(T item) => IsHeldByRun && IsParked && _local is { } local && local.TrySend(item) ? default : base.SendAsync(item);
}
