namespace Sluice;

/// <summary>A place in a pipeline that is being built from its sources on: a node and what feeds it.</summary>
internal sealed record SourcePoint(NodeSpec Spec, params SourcePoint[] Inputs)
{
    /// <summary>Where what comes next runs; null for where this does.</summary>
    internal Env? Next { get; init; }

    internal SourcePoint Then(IEnumerable<NodeSpec> specs) => specs.Aggregate(this, static (point, spec) => new SourcePoint(spec, point));

    internal SourcePoint Named(string name) => this with { Spec = Spec with { Name = name, IsNamed = true } };
}

/// <summary>A place in a pipeline that is being built from its end up: a node and what it feeds. Used in several
/// branches it is one node of the pipeline, so that the branches merge there.</summary>
internal sealed class SinkPoint(NodeSpec spec, params SinkPoint[] outputs)
{
    internal NodeSpec Spec => spec;

    internal SinkPoint[] Outputs => outputs;

    internal SinkPoint After(IEnumerable<NodeSpec> specs) => specs.Reverse().Aggregate(this, static (point, spec) => point.After(spec));

    private SinkPoint After(NodeSpec spec)
    {
        if (spec is not BranchesSpec branches)
        {
            return new(spec, this);
        }

        var merge = new SinkPoint(branches.Merge, this);
        return new(branches.FanOut, Array.ConvertAll(branches.Branches, merge.After));
    }

    internal SinkPoint Described(string? detail) => new(spec with { Detail = NodeNames.Detail(detail) }, outputs);

    internal SinkPoint Named(string name) => new(spec with { Name = name, IsNamed = true }, outputs);
}
