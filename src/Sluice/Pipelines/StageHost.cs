namespace Sluice;

/// <summary>Starts stages elsewhere than as nodes of a run: by hand, or for a key. Each stage closes the next when it has ended; the last
/// one closes what it is told to.</summary>
internal abstract class StageHost
{
    /// <summary>The key that the stages run for; null by hand.</summary>
    internal virtual IStageKey? Key => null;

    /// <summary>The node of the run that the stages belong to; null by hand.</summary>
    internal virtual Node? Node => null;

    /// <summary>Starts one stage.</summary>
    internal abstract CoroutineTarget<T> Start<T>(Func<Inbox<T>, Coroutine> body, string name, object[] outputs, IStartedTarget[] closes);

    /// <summary>Starts stages in a row.</summary>
    /// <returns>The first of them.</returns>
    internal IStartedTarget Start(NodeSpec[] specs, object[] outputs, IStartedTarget[] closes)
    {
        for (var i = specs.Length - 1; i > 0; i--)
        {
            var target = specs[i].StartIn(this, outputs, closes);
            (outputs, closes) = ([target], [target]);
        }

        return specs[0].StartIn(this, outputs, closes);
    }

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

    /// <summary>The body is awaited here, but it is the stage's own coroutine: its end is classified before it escapes from this one.</summary>
    /// <param name="items">The inbox of the stage.</param>
    /// <param name="body">Its coroutine.</param>
    /// <param name="ownOutputs">The targets whose end is a normal end of the stage (rule 5): none by hand.</param>
    /// <param name="closes">What it closes then.</param>
    private protected static async Coroutine RunAndClose<T>(Inbox<T> items, Coroutine body, object[] ownOutputs, IStartedTarget[] closes)
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
        catch (TargetClosedException ended) when (!ended.Failed && Array.IndexOf(ownOutputs, ended.Port) >= 0)
        {
            // No one takes what it sends.
        }

        foreach (var target in closes)
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
