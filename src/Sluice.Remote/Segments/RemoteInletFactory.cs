namespace Sluice;

/// <summary>Makes the receiving end of an edge from a segment elsewhere.</summary>
internal sealed class RemoteInletFactory(SegmentEndpoint endpoint, Crossing crossing, IInlets inlets) : IEdgeVisitor
{
    public void Visit<T>()
    {
        var inlet = inlets.Make<T>(crossing);
        _ = endpoint.IsReplayed ? new ReplayedInlet<T>(endpoint, crossing, inlet) : new RemoteInlet<T>(endpoint, crossing, inlet);
    }
}
