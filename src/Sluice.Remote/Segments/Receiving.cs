namespace Sluice;

/// <summary>Makes the receiving end of an edge from a segment elsewhere.</summary>
internal sealed class Receiving(Channels channels, Crossing crossing, IInlets inlets) : IEdgeVisitor
{
    public void Visit<T>() => _ = new RemoteInlet<T>(channels, crossing, inlets.Make<T>(crossing));
}
