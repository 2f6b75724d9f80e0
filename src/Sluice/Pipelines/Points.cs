namespace Sluice;

/// <summary>A place in a pipeline that is being built from its sources on: a node and what feeds it.</summary>
internal sealed class SourcePoint(NodeSpec spec, params SourcePoint[] inputs)
{
    internal NodeSpec Spec => spec;

    internal SourcePoint[] Inputs => inputs;

    /// <summary>The environment of what comes next; null for that of this.</summary>
    internal Env? Next { get; private init; }

    internal SourcePoint Then(IEnumerable<NodeSpec> specs) => specs.Aggregate(this, static (point, spec) => new SourcePoint(spec, point));

    internal SourcePoint Named(string name) => With(spec with { Name = name, IsNamed = true });

    internal SourcePoint With(NodeSpec changed) => new(changed, inputs) { Next = Next };

    internal SourcePoint On(Env next) => new(spec, inputs) { Next = next };
}

/// <summary>A place in a pipeline that is being built from its end up: a node and what it feeds. Used in several
/// branches it is one node of the pipeline, so that the branches merge there.</summary>
internal sealed class SinkPoint(NodeSpec spec, params SinkPoint[] outputs)
{
    internal NodeSpec Spec => spec;

    internal SinkPoint[] Outputs => outputs;

    /// <summary>Puts a row of stages before it. Branches may have branches themselves, however deep, so this keeps a stack of its own.</summary>
    internal SinkPoint After(NodeSpec[] specs)
    {
        var open = new Stack<OpenRow>([new(specs, this)]);
        while (true)
        {
            var row = open.Peek();
            if (row.Left > 0)
            {
                if (row.PutNext() is { } branch)
                {
                    open.Push(branch);
                }
            }
            else
            {
                open.Pop();
                if (!open.TryPeek(out var outer))
                {
                    return row.First;
                }

                outer.Add(row.First);
            }
        }
    }

    internal SinkPoint With(NodeSpec changed) => new(changed, outputs);

    internal SinkPoint Described(string? detail) => new(spec with { Detail = NodeNames.Detail(detail) }, outputs);

    internal SinkPoint Named(string name) => new(spec with { Name = name, IsNamed = true }, outputs);

    /// <summary>A row of stages that is being put before a point, from its last one on.</summary>
    private sealed class OpenRow(NodeSpec[] specs, SinkPoint last)
    {
        private readonly List<SinkPoint> _branches = [];
        private SinkPoint? _merge;

        internal SinkPoint First { get; private set; } = last;

        /// <summary>The number of stages that had no turn yet, the first ones.</summary>
        internal int Left { get; private set; } = specs.Length;

        /// <summary>Puts the next stage, if it is one node; else gives the next of its branches.</summary>
        internal OpenRow? PutNext()
        {
            if (specs[Left - 1] is not BranchesSpec spec)
            {
                Put(new(specs[Left - 1], First));
                return null;
            }

            _merge ??= new(spec.Merge, First);
            if (_branches.Count < spec.Branches.Length)
            {
                return new(spec.Branches[_branches.Count], _merge);
            }

            Put(new(spec.FanOut, [.. _branches]));
            _branches.Clear();
            _merge = null;
            return null;
        }

        internal void Add(SinkPoint branch) => _branches.Add(branch);

        private void Put(SinkPoint point)
        {
            First = point;
            Left--;
        }
    }
}
