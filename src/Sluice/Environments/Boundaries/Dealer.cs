namespace Sluice;

/// <summary>Decides which member of a pool gets an item, and gives it. A member that has ended gets no more; if all have, the node is told at its next receive. Owner: the
/// strand of the node.</summary>
internal abstract class Dealer<T>(Target<T>[] members) : INodeValues
{
    /// <summary>Members that had ended when the state was stored: their ends are told again while items come.</summary>
    private bool[] _hadEnded = new bool[members.Length];

    private protected Target<T>[] Members => members;

    /// <summary>Gets whether items that it has taken have no place with a member yet. <see cref="Node.LookAtRest"/> has to follow when that changes.</summary>
    internal virtual bool IsBusy => false;

    /// <summary>The name of the way of sharing out, the members that have ended, and the number of the next one.</summary>
    object?[] INodeValues.Values => [Way, Enumerable.Range(0, members.Length).Select(HasEnded).ToArray(), Next];

    bool INodeValues.TrySet(object?[] values)
    {
        if (values is not [string way, bool[] hadEnded, int next] || way != Way || hadEnded.Length != members.Length || (uint)next >= (uint)members.Length)
        {
            return false;
        }

        (_hadEnded, Next) = (hadEnded, next);
        return true;
    }

    /// <summary>The name under which its state is stored.</summary>
    private protected abstract string Way { get; }

    /// <summary>The member whose turn it is, if there are turns.</summary>
    private protected int Next { get; set; }

    /// <summary>Gets whether a member takes no more items.</summary>
    private protected bool HasEnded(int member) => _hadEnded[member] || members[member].IsClosed;

    /// <summary>The first member that takes items; -1 if all have ended.</summary>
    private protected int FirstOpen()
    {
        for (var i = 0; i < members.Length; i++)
        {
            if (!HasEnded(i))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Gives an item. Null if that is done; else what has to be awaited first.</summary>
    internal abstract Coroutine? Send(T item);

    /// <summary>Raises an error at the members that it concerns.</summary>
    internal abstract Coroutine? Throw(Exception error);

    /// <summary>The input has ended.</summary>
    internal virtual Coroutine? Finish() => null;

    private protected static async Coroutine ThrowAt(Target<T> member, Exception error)
    {
        try
        {
            await member.ThrowAsync(error);
        }
        catch (TargetClosedException ended) when (!ended.Failed && member.IsClosed)
        {
            // It has ended by itself, and there was no one to raise it at.
        }
    }
}

/// <summary>The members have keys of their own: see <see cref="StableHash.PartOf"/>.</summary>
internal sealed class KeyDealer<T, TKey>(Target<T>[] members, Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer) : Dealer<T>(members)
{
    internal override Coroutine? Send(T item)
    {
        var part = StableHash.PartOf(keySelector(item), Members.Length, comparer);
        if (HasEnded(part))
        {
            return null; // no other one has its keys
        }

        var member = Members[part];
        var sent = member.SendAsync(item);
        if (!sent.IsCompletedSuccessfully)
        {
            return Wait(member, sent);
        }

        sent.GetAwaiter().GetResult();
        return null;
    }

    private protected override string Way => "keys";

    /// <summary>Any key may be concerned.</summary>
    internal override Coroutine? Throw(Exception error) => ThrowAtAll(error);

    private async Coroutine ThrowAtAll(Exception error)
    {
        foreach (var member in Members)
        {
            await ThrowAt(member, error);
        }
    }

    private static async Coroutine Wait(Target<T> member, ValueTask sent)
    {
        try
        {
            await sent;
        }
        catch (TargetClosedException ended) when (!ended.Failed && member.IsClosed)
        {
            // It ended with this item: from now on its items are dropped.
        }
    }
}

/// <summary>The members take turns, of an item each; one that has ended is left out. <see cref="TurnReader{T}"/> reads in the same order.</summary>
internal sealed class TurnDealer<T>(Target<T>[] members) : Dealer<T>(members)
{
    private protected override string Way => "turns";

    internal override Coroutine? Send(T item)
    {
        if (!TryFindNext(out var member))
        {
            return null;
        }

        var sent = member.SendAsync(item);
        if (!sent.IsCompletedSuccessfully)
        {
            return Wait(member, item, sent);
        }

        sent.GetAwaiter().GetResult();
        return null;
    }

    /// <summary>It takes the turn of an item.</summary>
    internal override Coroutine? Throw(Exception error) => TryFindNext(out var member) ? ThrowAt(member, error) : null;

    private async Coroutine Wait(Target<T> member, T item, ValueTask sent)
    {
        try
        {
            await sent;
            return;
        }
        catch (TargetClosedException ended) when (!ended.Failed && member.IsClosed)
        {
            // It ended before it had room: the item is the next one's.
        }

        if (Send(item) is { } waiting)
        {
            await waiting;
        }
    }

    private bool TryFindNext(out Target<T> member)
    {
        member = Members[Next];
        for (var i = 0; i < Members.Length; i++)
        {
            var at = Next;
            Next = at + 1 == Members.Length ? 0 : at + 1;
            if (!HasEnded(at))
            {
                member = Members[at];
                return true;
            }
        }

        return false;
    }
}
