namespace Sluice.Tests;

/// <content>A run that is cut at a mark, and one of a graph of the same seed that goes on there.</content>
internal sealed partial class RandomGraph
{
    internal static RandomGraph Marked(int seed) => new(seed, isMarked: true);

    /// <summary>Runs it up to a mark, and another one like it from there on: what comes out of both is what the model says. Throws if it is not.</summary>
    /// <returns>Whether the mark has passed; if not, the run ended before.</returns>
    internal bool CheckMarked()
    {
        var (seen, mark) = RunMarked([], null);
        if (mark.Stored is null)
        {
            CheckWhole(seen, "no mark has passed");
            return false;
        }

        var (whole, _) = new RandomGraph(_seed, isMarked: true, before: this).RunMarked([.. seen.Take(mark.Seen)], mark.Stored);
        CheckWhole(whole, $"{mark.Seen} items came before the mark");
        return true;
    }

    private void CheckWhole(List<int> seen, string when)
    {
        Assert.True(_contextError is null, $"{_contextError}: {this}");
        Assert.True(seen.Count <= SinkTakes, $"Too many came out: {this}");
        Expected.Check(seen, all: SinkTakes == int.MaxValue, $"{this}; {when}");
    }

    private (List<int> Seen, CutMark Mark) RunMarked(List<int> seen, IReadOnlyDictionary<StateKey, byte[]>? stored)
    {
        var ended = new TaskCompletionSource<IPipelineRun>(TaskCreationOptions.RunContinuationsAsynchronously);
        var states = new NodeStates(SnapshotOptions.Default, stored) { HoldsSources = false };
        var run = new Run(Root.To(items => Collect(items, seen)).Graph, new RunOptions { Starter = states, TimeProvider = _turns }, ended.SetResult, new RunOrigin(null, default));
        var mark = new CutMark(states, run, seen);
        _hit = stored is null ? () => run.SendMark(mark) : static () => { };
        run.Start();
        _turns.RunUntil(ended.Task, () => $"{this}{(stored is null ? "" : ", which goes on")}\n{string.Join('\n', run.Nodes.Select(static node => $"{node.Name}: {node.State}"))}");
        Assert.True(mark.Error is null, $"{mark.Error}: {this}");
        Assert.True(run.Failures.Count == 0 || mark.Stored is not null, $"Failed with {string.Join('\n', run.Failures)}: {this}"); // what is under way when it is cancelled may fail
        return (seen, mark);
    }

    /// <summary>The mark of a run, which ends where it has passed.</summary>
    private sealed class CutMark(NodeStates states, Run run, List<int> seen) : Mark
    {
        private readonly Dictionary<StateKey, byte[]> _taken = []; // the strand's
        private readonly SharedObjects _shared = new();

        internal override long Number => 1;

        /// <summary>The states; null if it has not passed.</summary>
        internal Dictionary<StateKey, byte[]>? Stored { get; private set; }

        /// <summary>The number of items that the sink had when it was captured.</summary>
        internal int Seen { get; private set; }

        internal Exception? Error { get; private set; }

        internal override void Capture(Node node)
        {
            _taken.Add(StateKey.Of(node), states.Capture(node, _shared));
            if (node.Blueprint.Kind == NodeKind.Sink)
            {
                Seen = seen.Count;
            }
        }

        internal override void Captured(string node, int part, byte[] state) => throw new InvalidOperationException("The run is in one place.");

        internal override void Passed()
        {
            Error = Record.Exception(_shared.Verify);
            Stored = _taken;
            run.Cancel();
        }

        internal override void Dropped(Exception? error) => Error = error;
    }
}
