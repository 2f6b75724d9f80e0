namespace Sluice.Durable;

/// <summary>A sink of two phases in a blueprint: each run makes its own.</summary>
internal sealed class StagedRequest<T>(Func<StagedSink<T>> make, StagedSinkOptions options) : OutputRequest
{
    internal override SinkOutput? Make(IOutputMaker maker, string node)
    {
        var outputs = (JobOutputs)maker;
        var sink = make() ?? throw new InvalidOperationException($"The function of the sink '{node}' returned null instead of a {nameof(StagedSink<>)}.");
        return new StagedOutputOf<T>(sink, outputs.ContextOf(node), options, outputs.Requests);
    }
}
