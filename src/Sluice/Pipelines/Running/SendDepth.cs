using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Keeps the sends of a run within the stack. A send is a call, and the stage that it resumes sends on from there: through a very long chain
/// the calls would not fit. So every <see cref="Between"/> nodes an edge looks whether there is room (<see cref="DeepEdge{T}"/>), and if there is not
/// the send goes on from the strand's queue. Shorter chains have no such edge (docs/decisions/0043).</summary>
/// <remarks>Owner: the run's strand.</remarks>
internal sealed class SendDepth
{
    /// <summary>No edge before this many nodes looks. Their calls fit into what a strand is entered with.</summary>
    internal const int First = 128;

    /// <summary>The number of nodes for which the room that the runtime calls enough, 128 KB, has to be enough: 4 KB for each.</summary>
    internal const int Between = 32;

    /// <summary>The number of these edges that may be inside each other. If a stage then waits, all before it come to wait too, and each looks along the others
    /// for a cycle (rule 6): the square of this length is what an item can cost.</summary>
    private const int MaxNested = 32;

    private int _nested;

    /// <summary>False: the send has to wait until the stack has unwound. Pair with <see cref="ComeBack"/>.</summary>
    internal bool TryGoDeeper()
    {
        if (_nested >= MaxNested || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            return false;
        }

        _nested++;
        return true;
    }

    internal void ComeBack() => _nested--;
}
