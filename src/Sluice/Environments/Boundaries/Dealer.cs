namespace Sluice;

/// <summary>Decides which member of a pool gets an item, and gives it. A member that has ended gets no more; if all have, the node is told at its next receive. Owner: the
/// strand of the node.</summary>
internal abstract class Dealer<T>(Target<T>[] members)
{
    private protected Target<T>[] Members => members;

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
        var member = Members[StableHash.PartOf(keySelector(item), Members.Length, comparer)];
        if (member.IsClosed)
        {
            return null; // no other one has its keys
        }

        var sent = member.SendAsync(item);
        if (!sent.IsCompletedSuccessfully)
        {
            return Wait(member, sent);
        }

        sent.GetAwaiter().GetResult();
        return null;
    }

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
    private int _next;

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
        member = Members[_next];
        for (var i = 0; i < Members.Length; i++)
        {
            member = Members[_next];
            _next = _next + 1 == Members.Length ? 0 : _next + 1;
            if (!member.IsClosed)
            {
                return true;
            }
        }

        return false;
    }
}
