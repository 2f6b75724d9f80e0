namespace Sluice.Tests;

/// <content>Stages that fail under an error policy: an item comes out, or is in the dead letters.</content>
internal sealed partial class RandomGraph
{
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Guarded()
    {
        var backoff = _mayWait && _random.Next(2) == 0 ? new Backoff { First = TimeSpan.FromSeconds(1), Jitter = 0 } : Backoff.Constant(TimeSpan.Zero);
        var kind = _random.Next(5);
        var policy = kind switch
        {
            0 => ErrorPolicy.Skip,
            1 => ErrorPolicy.Retry(2, backoff, thenSkip: true),
            2 => ErrorPolicy.Restart(null, backoff, skipItem: true),
            3 => ErrorPolicy.Retry(1, backoff),
            _ => ErrorPolicy.Restart(null, backoff),
        };
        var givesUp = kind < 3; // else an item fails once
        var failed = NextFailed();
        var stage = _random.Next(2) == 0
            ? Stage.Select<int, int>(item => Fails(item) ? throw new PlannedException() : item)
            : Passing(_mayWait ? _random.Next() : 0, Fails);
        _text.Append($"({policy})");
        _failureIsPossible |= _hitAt >= 0 && !_isMarked; // a failure in the middle of a cancellation is no longer the policy's
        var ledger = NewLedger($"{policy}");
        var guarded = _random.Next(2) == 0
            ? stage.OnError(policy.For<PlannedException>(), letter => ledger.Aside.Add(letter.Item))
            : stage.OnError(policy, async (letter, _) =>
            {
                ledger.Aside.Add(letter.Item);
                if (_mayWait)
                {
                    await _turns.GiveWay();
                }
            });
        return (ledger.Around(guarded), Change);

        bool Fails(int item) => IsBad(item) && (givesUp || failed.Add(item));

        GraphModel Change(GraphModel model)
        {
            if (!givesUp)
            {
                return model;
            }

            ledger.Expect(model.HasAll ? model.Items.Where(IsBad) : null);
            return model.Where(item => !IsBad(item));
        }
    }

    /// <summary>The items that have failed once, which in a run that goes on are those of the run before: an item in its backoff does not fail again.</summary>
    private HashSet<int> NextFailed()
    {
        var failed = _before?._failed[_failed.Count] ?? [];
        _failed.Add(failed);
        return failed;
    }

    private Ledger NewLedger(string name)
    {
        var ledger = new Ledger(name);
        _ledgers.Add(ledger);
        return ledger;
    }
}
