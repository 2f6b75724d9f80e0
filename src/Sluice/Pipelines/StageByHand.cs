namespace Sluice;

/// <summary>Stages that run outside of a pipeline.</summary>
internal static class StageByHand
{
    /// <summary>The number of stages that may be on one way. A send to the first is a call that is inside all others, and there is no strand in common whose queue could
    /// take it where the stack ends: some 200 KB at this length.</summary>
    private const int MaxLength = 500;

    /// <summary>Refuses what is too long for the stack.</summary>
    internal static void CheckLength(NodeSpec[] specs)
    {
        if (LengthOf(specs, MaxLength) > MaxLength)
        {
            throw new InvalidOperationException(
                $"More than {MaxLength} stages in a row cannot run by hand: each send is a call inside the one before, and the stack may not hold them. Run them in a pipeline, which has no limit.");
        }
    }

    /// <summary>Stages in a row, each of which closes the next; the last one closes what it is told to.</summary>
    internal static IAsyncDisposable Start(NodeSpec[] specs, object[] outputs, IAsyncDisposable[] closes)
    {
        for (var i = specs.Length - 1; i > 0; i--)
        {
            var target = specs[i].StartByHand(outputs, closes);
            (outputs, closes) = ([target], [target]);
        }

        return specs[0].StartByHand(outputs, closes);
    }

    internal static CoroutineTarget<T> Start<T>(Func<Inbox<T>, Coroutine> body, string name, IAsyncDisposable[] closes) =>
        Target.Start<T>(closes.Length == 0 ? body : inbox => RunAndClose(inbox, body(inbox), closes), name);

    /// <summary>An operator in a coroutine, which ends as the operator does.</summary>
    internal static async Coroutine Run<TIn, TOut>(Inbox<TIn> items, Operator<TIn, TOut> body, string name)
    {
        var owner = new Owner(name);
        body.Attach(owner);
        await foreach (var item in items)
        {
            await body.SendAsync(item);
            if (owner.HasEnded)
            {
                break;
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
        }

        return length;
    }

    /// <summary>The body is awaited here, but it is the stage's own coroutine: its end is classified before it escapes from this one.</summary>
    private static async Coroutine RunAndClose<T>(Inbox<T> items, Coroutine body, IAsyncDisposable[] targets)
    {
        try
        {
            await body;
        }
        catch (InboxClosedException end) when (items.IsOwnClose(end))
        {
            if (items.IncompleteBy(end) is { } incomplete)
            {
                throw incomplete;
            }
        }

        foreach (var target in targets)
        {
            await items.CloseAlike(target);
        }
    }

    /// <summary>Ignores an operator's report of its end: an error comes out of its send anyway.</summary>
    private sealed class Owner(string name) : IOperatorOwner
    {
        public string Name => name;

        public Exception? Failure { get; private set; }

        internal bool HasEnded { get; private set; }

        public (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error, bool hasResult) =>
            error is null ? (CoroutineStatus.Completed, null) : (CoroutineStatus.Faulted, error);

        public void End(CoroutineStatus outcome, Exception? failure)
        {
            HasEnded = true;
            Failure = failure;
        }

        public ValueTask CloseOnlyInput() => default;
    }
}
