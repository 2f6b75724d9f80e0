namespace Sluice;

/// <summary>Stages that run outside of a pipeline.</summary>
internal sealed class StageByHand : StageHost
{
    internal static readonly StageByHand Instance = new();

    /// <summary>The number of stages that may be on one way. A send to the first is a call that is inside all others, and there is no strand in common whose queue could
    /// take it where the stack ends: some 200 KB at this length.</summary>
    private const int MaxLength = 500;

    /// <summary>The same within a key, where the stack has the stages before it too.</summary>
    private const int MaxLengthInKey = 100;

    private StageByHand()
    {
    }

    /// <summary>Refuses what cannot run by hand, or is too long for the stack.</summary>
    internal static void Check(NodeSpec[] specs)
    {
        if (LengthOf(specs, MaxLength) > MaxLength)
        {
            throw new InvalidOperationException(
                $"More than {MaxLength} stages in a row cannot run by hand: each send is a call inside the one before, and the stack may not hold them. Run them in a pipeline, which has no limit.");
        }

        CheckKeys(specs, isInKey: false);
    }

    /// <summary>Refuses what is too long for each key.</summary>
    internal static void CheckInKey(NodeSpec[] specs, string parameter)
    {
        if (LengthOf(specs, MaxLengthInKey) > MaxLengthInKey)
        {
            throw new ArgumentException($"More than {MaxLengthInKey} stages in a row cannot run for each key: each send is a call inside the one before, and the stack may not hold them.", parameter);
        }
    }

    internal override CoroutineTarget<T> Start<T>(Func<Inbox<T>, Coroutine> body, string name, object[] outputs, IStartedTarget[] closes) =>
        Target.Start<T>(closes.Length == 0 ? body : inbox => RunAndClose(inbox, body(inbox), [], closes), name);

    /// <summary>Else a stage of a key would be refused when the first item of the key has come, which is too late.</summary>
    private static void CheckKeys(NodeSpec[] specs, bool isInKey)
    {
        foreach (var spec in specs)
        {
            if (spec is BranchesSpec branches)
            {
                Array.ForEach(branches.Branches, branch => CheckKeys(branch, isInKey));
            }
            else if (isInKey && !spec.RunsByHand)
            {
                throw spec.RunsInPipelinesOnly();
            }

            if (spec.ForEachKey is { } inKey)
            {
                CheckKeys(inKey, isInKey: true);
            }
        }
    }

    /// <summary>The number of stages that are on the longest way through them; if that is more than <paramref name="most"/>, any number above. So branches of branches are
    /// looked into no further than that.</summary>
    private static int LengthOf(NodeSpec[] specs, int most)
    {
        var length = 0;
        for (var i = 0; i < specs.Length && length <= most; i++)
        {
            length++;
            if (specs[i] is BranchesSpec spec && length <= most)
            {
                length += spec.Branches.Max(branch => LengthOf(branch, most - length));
            }

            if (specs[i].ForEachKey is { } inKey && length <= most)
            {
                length += LengthOf(inKey, most - length);
            }
        }

        return length;
    }
}
