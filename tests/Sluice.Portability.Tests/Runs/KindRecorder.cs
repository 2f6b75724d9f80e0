namespace Sluice.Tests;

/// <summary>Notes the kinds of the nodes of runs.</summary>
internal sealed class KindRecorder : NodeStarter
{
    internal KindRecorder() => HoldsSources = false;

    internal HashSet<Type> Seen { get; } = []; // runs in one place, one after the other

    internal override void StartCoroutine(Node node, INodePort[] ports, object[] outputs, INodeStart start)
    {
        var called = start.Call();
        if (called.BoxedStateMachine is { } machine)
        {
            Seen.Add(NodeKinds.Of(machine.GetType()));
        }

        start.Start(called);
    }

    internal override void StartOperator(Node node, object body, Func<object> make) => Seen.Add(NodeKinds.Of(body.GetType()));

    internal override Coroutine? StartValues(Node node, INodeValues values) => null;

    internal override ReadOnlyMemory<byte>? PositionOf(Node node, out bool hasEnded)
    {
        hasEnded = false;
        return null;
    }

    internal override SinkOutput? OutputOf(Node node) => null;

    internal override void WriteValue(ByteSink to, object? value) => throw new InvalidOperationException("No mark is sent.");

    internal override object? ReadValue(ReadOnlyMemory<byte> bytes) => throw new InvalidOperationException("The run does not go on.");

    internal override void Finish(IEnumerable<Node> nodes)
    {
    }
}
