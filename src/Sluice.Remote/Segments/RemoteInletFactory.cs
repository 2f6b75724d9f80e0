namespace Sluice;

/// <summary>Makes the receiving end of an edge from a segment elsewhere.</summary>
internal sealed class RemoteInletFactory(SegmentEndpoint endpoint, Crossing crossing, IInlets inlets) : IEdgeVisitor
{
    public void Visit<T>() => _ = new RemoteInlet<T>(endpoint, crossing, inlets.Make<T>(crossing));
}
