using System.Runtime.CompilerServices;

namespace Sluice;

/// <content>The way in from outside: who may touch the coroutine, and when (design, rule 7).</content>
public partial class CoroutineTarget<T>
{
    /// <summary>The strand. Null while only the thread that started the coroutine has used it, and nothing has waited; then set once, by
    /// the first thread that needs it, and never taken back (docs/decisions/0002 and 0036).</summary>
    private Strand? _strand;

    /// <summary>Guards the coroutine as long as there is no strand.</summary>
    private OwnerBias _bias;

    Strand IStrandHome.Strand => _strand is { IsHeldHere: true } strand ? strand : StrandOfHolder();

    internal IStrandHome Home => _strand is null ? this : _strand.Home;

    private protected bool IsHeldHere => _strand is { IsHeldHere: true } || _bias.IsInside(StrandThread.Current);

    /// <summary>The same for one whose strand is a run's.</summary>
    private protected bool IsHeldByRun => _strand!.IsHeldHere;

    /// <summary>Starts the coroutine and lets it run to its first suspension.</summary>
    internal void Start(Func<Inbox<T>, Coroutine> body)
    {
        if (_strand is { IsHeldHere: true })
        {
            StartWithin(body);
            return;
        }

        _bias.Give(StrandThread.Current);
        _ = TryHold(out var hold); // no other thread knows of it yet
        try
        {
            if (StrandHost.Current is not null)
            {
                _ = StrandOfHolder(); // it belongs to the host, such as a loop, for every thread that sends to it
            }

            StartWithin(body);
        }
        finally
        {
            Leave(hold);
        }
    }

    /// <summary>Starts a coroutine that works for this one, within its strand.</summary>
    /// <param name="body">The coroutine's method.</param>
    /// <param name="name">What to call it in a run; default the method's name. By hand that is its name anyway.</param>
    internal virtual CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body, string? name = null) => Target.Start(body);

    /// <summary>The node that it works for; null outside of a run.</summary>
    internal virtual IReceiver? RunNode => null;

    /// <summary>An item was late. By hand no one asks how many.</summary>
    internal virtual void CountLate()
    {
    }

    /// <summary>A control message or, if that is null, an item comes in.</summary>
    private protected ValueTask Enter(ControlMessage? message, T item)
    {
        if (IsHeldHere)
        {
            return Within(message, item);
        }

        if (TryHold(out var hold))
        {
            try
            {
                return Within(message, item);
            }
            finally
            {
                Leave(hold);
            }
        }

        var send = message is null ? new PendingMessage<T>(this).ForItem(item) : new PendingMessage<T>(this).For(message);
        var sent = send.AsValueTask();
        _strand!.Enter(send);
        return sent;
    }

    private ValueTask Within(ControlMessage? message, T item) => message is null ? SendWithin(item) : ControlWithin(message);

    /// <summary>Goes inside, unless another thread is there; then there is a strand, to wait for. Pair with <see cref="Leave"/>.</summary>
    private bool TryHold(out StrandThread.Hold hold)
    {
        var thread = StrandThread.Current;
        if (_bias.IsOutside(thread) && TryHoldAsOwner(thread))
        {
            hold = thread.Enter(this);
            return true;
        }

        return StrandOfAll().TryHold(out hold);
    }

    /// <summary>The way in of the thread that has the bias. False if another one has taken it, and is inside or free to come in.</summary>
    private bool TryHoldAsOwner(StrandThread thread)
    {
        _bias.Enter(thread);
        return Volatile.Read(ref _strand) is null || TakeBackOut();
    }

    /// <summary>The bias was taken before this thread was inside. True: the other one took it for being inside, and leaves the strand to it.</summary>
    private bool TakeBackOut()
    {
        _bias.End();
        return _strand!.SettleAsOwner(isInside: false);
    }

    /// <summary>The way out while there is no strand. False: there is one, so call <see cref="Leave"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryLeaveAsOwner(in StrandThread.Hold hold)
    {
        if (!_bias.IsInside(hold.Thread))
        {
            return false;
        }

        _bias.Leave(hold.Thread);
        if (Volatile.Read(ref _strand) is not null)
        {
            return false;
        }

        hold.Restore();
        return true;
    }

    private void Leave(in StrandThread.Hold hold)
    {
        if (TryLeaveAsOwner(hold))
        {
            return;
        }

        var strand = _strand!;
        if (_bias.IsOutside(hold.Thread))
        {
            _bias.End();
        }

        if (strand.IsHeldHere || strand.SettleAsOwner(isInside: false))
        {
            strand.Leave(hold);
        }
        else
        {
            hold.Restore(); // the other thread has found no one inside
        }
    }

    /// <summary>The strand, for the thread that is inside.</summary>
    private Strand StrandOfHolder()
    {
        if (_strand is null)
        {
            var made = new Strand(this);
            if (Interlocked.CompareExchange(ref _strand, made, null) is null)
            {
                return made;
            }
        }

        // Another thread has just made it, to come in.
        _ = _strand.SettleAsOwner(isInside: true);
        return _strand;
    }

    /// <summary>The strand, for a thread that is not inside.</summary>
    private Strand StrandOfAll()
    {
        if (Volatile.Read(ref _strand) is { } strand)
        {
            return strand;
        }

        var made = Strand.ForRevocation(this);
        if (Interlocked.CompareExchange(ref _strand, made, null) is { } other)
        {
            return other;
        }

        made.SettleAsRevoker(_bias.Revoke());
        return made;
    }
}
