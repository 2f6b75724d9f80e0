namespace Sluice;

/// <summary>A place in a pipeline that is being built from its source on: a node and what feeds it.</summary>
internal sealed record SourcePoint(NodeSpec Spec, SourcePoint? Input)
{
    internal SourcePoint Then(IEnumerable<NodeSpec> specs) => specs.Aggregate(this, static (point, spec) => new SourcePoint(spec, point));

    internal SourcePoint Named(string name) => this with { Spec = Spec with { Name = name, IsNamed = true } };
}

/// <summary>A place in a pipeline that is being built from its end up: a node and what it feeds. Used in several
/// branches it is one node of the pipeline, so that the branches merge there.</summary>
internal sealed class SinkPoint(NodeSpec spec, params SinkPoint[] outputs)
{
    internal NodeSpec Spec => spec;

    internal SinkPoint[] Outputs => outputs;

    internal SinkPoint After(IEnumerable<NodeSpec> specs) => specs.Reverse().Aggregate(this, static (point, spec) => new SinkPoint(spec, point));

    internal SinkPoint Described(string? detail) => new(spec with { Detail = NodeNames.Detail(detail) }, outputs);

    internal SinkPoint Named(string name) => new(spec with { Name = name, IsNamed = true }, outputs);
}
