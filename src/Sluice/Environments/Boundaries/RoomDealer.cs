using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>An item goes to the member with the fewest waiting that has room. Sends to members without room are under way beside each other: one for each member, and
/// when there is one for all of them it waits for the first that is done.</summary>
internal sealed class RoomDealer<T> : Dealer<T>
{
    /// <summary>The part of those waiting that may come in a row, before it is looked again who has the fewest.</summary>
    private const int PartInRow = 8;

    private readonly Node _node;
    private readonly ExitPort<T>?[] _exits;
    private readonly bool[] _isBusy;
    private readonly Queue<T> _unsent = new();
    private int _busy;
    private int _last;
    private int _leftInRow;
    private ExceptionDispatchInfo? _failure;
    private TaskCompletionSource? _changed;

    internal RoomDealer(Node node, Target<T>[] members)
        : base(members)
    {
        _node = node;
        _exits = [.. node.Outputs.Select(static output => output.To.Body as ExitPort<T>)];
        _isBusy = new bool[members.Length];
    }

    internal override bool IsBusy => _busy > 0;

    private protected override string Way => "room";

    internal override Coroutine? Send(T item)
    {
        if (_failure is null && _unsent.Count == 0 && TryFind(out var member))
        {
            SendTo(member, item);
            return _failure is null && (_busy == 0 || HasFree()) ? null : WaitForRoom();
        }

        _unsent.Enqueue(item);
        return WaitForRoom();
    }

    internal override Coroutine? Throw(Exception error) => FirstOpen() is >= 0 and var first ? ThrowAt(Members[first], error) : null;

    internal override Coroutine? Finish() => _busy == 0 && _failure is null ? null : WaitForAll();

    /// <summary>Until another item may come.</summary>
    private async Coroutine WaitForRoom()
    {
        while (!TrySendRest() || !HasFree())
        {
            if (!HasOpen())
            {
                return;
            }

            await (_changed = new()).Task.ConfigureAwait(false);
        }
    }

    private async Coroutine WaitForAll()
    {
        while (!TrySendRest() || _busy > 0)
        {
            if (!HasOpen() && _busy == 0)
            {
                return;
            }

            await (_changed = new()).Task.ConfigureAwait(false);
        }
    }

    private bool TrySendRest()
    {
        _failure?.Throw();
        while (_unsent.Count > 0 && TryFind(out var member))
        {
            SendTo(member, _unsent.Dequeue());
        }

        _failure?.Throw(); // one may have failed at once
        return _unsent.Count == 0;
    }

    private void SendTo(int member, T item)
    {
        var sent = Members[member].SendAsync(item);
        if (sent.IsCompletedSuccessfully)
        {
            sent.GetAwaiter().GetResult();
            return;
        }

        _isBusy[member] = true;
        _busy++;
        _ = Finish(member, item, sent);
    }

    /// <summary>Waits for a send in the place of the node, within the strand, and never fails itself.</summary>
    private async Coroutine Finish(int member, T item, ValueTask sent)
    {
        try
        {
            await sent;
        }
        catch (TargetClosedException ended) when (!ended.Failed && Members[member].IsClosed)
        {
            _unsent.Enqueue(item); // it ended before it had room
        }
        catch (Exception error)
        {
            _failure ??= ExceptionDispatchInfo.Capture(error);
        }

        _isBusy[member] = false;
        _busy--;
        var changed = _changed;
        _changed = null;
        if (changed is null)
        {
            SendBesides();
        }

        changed?.SetResult();
        if (_busy == 0)
        {
            _node.LookAtRest();
        }
    }

    /// <summary>The node waits for an item: one that its member did not take goes to another one before that comes.</summary>
    private void SendBesides()
    {
        try
        {
            TrySendRest();
        }
        catch (Exception error)
        {
            _failure ??= ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Finds the free member with the fewest waiting; of equal ones the next in turn.</summary>
    private bool TryFind(out int member)
    {
        member = _last;
        if (_leftInRow > 0 && IsFree(_last))
        {
            _leftInRow--;
            return true;
        }

        var fewest = int.MaxValue;
        for (int i = 0, at = _last; i < Members.Length; i++)
        {
            at = at + 1 == Members.Length ? 0 : at + 1;
            if (IsFree(at) && (_exits[at]?.Waiting ?? 0) is var waiting && waiting < fewest)
            {
                (member, fewest) = (at, waiting);
            }
        }

        _last = member;
        _leftInRow = fewest == int.MaxValue ? 0 : fewest / PartInRow;
        return fewest != int.MaxValue;
    }

    private bool IsFree(int member) => !_isBusy[member] && !HasEnded(member);

    private bool HasFree()
    {
        for (var i = 0; i < Members.Length; i++)
        {
            if (IsFree(i))
            {
                return true;
            }
        }

        return false;
    }

    private bool HasOpen() => FirstOpen() >= 0;
}
