namespace Sluice;

/// <summary>One of several edges into a node: it can be closed by itself (rule 11).</summary>
internal sealed class EdgeTarget<T>(Target<T> target, Node node, Node from) : Target<T>
{
    public override bool IsClosed => target.IsClosed;

    public override ValueTask SendAsync(T item) => target.SendAsync(item);

    public override ValueTask ThrowAsync(Exception error) => target.ThrowAsync(error);

    public override ValueTask CloseAsync() => node.CloseFrom(from);
}
