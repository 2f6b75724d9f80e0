namespace Sluice;

/// <content>The way in from outside: who may touch the coroutine, and when (design, rule 7).</content>
public partial class CoroutineTarget<T>
{
    /// <summary>The strand. Null while the coroutine has never needed more than the plain flag <see cref="_holder"/>;
    /// then set once, by the holder, and never taken back (docs/decisions/0002).</summary>
    private Strand? _strand;

    /// <summary>The plain flag: the managed thread id of who is inside, 0 for nobody. Read by other threads only to
    /// detect a mistake, so a stale value is benign.</summary>
    private int _holder;

    Strand IStrandHome.Strand => _strand ??= new Strand(this);

    internal IStrandHome Home => _strand is null ? this : _strand.Home;

    private bool IsHeldHere => _strand is null ? _holder == StrandThread.Current.Id : _strand.IsHeldHere;

    /// <summary>Starts the coroutine and lets it run to its first suspension.</summary>
    internal void Start(Func<Inbox<T>, Coroutine> body)
    {
        if (IsHeldHere)
        {
            StartWithin(body);
            return;
        }

        var hold = HoldPlainly();
        StartWithin(body);
        LeavePlainly(hold);
    }

    /// <summary>Starts a coroutine that works for this one, within its strand.</summary>
    internal virtual CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body) => Target.Start(body);

    /// <summary>A control message or, if that is null, an item comes in.</summary>
    private ValueTask Enter(ControlMessage? message, T item)
    {
        if (IsHeldHere)
        {
            return Within(message, item);
        }

        if (_strand is null)
        {
            if (_holder != 0)
            {
                return ValueTask.FromException(new InvalidOperationException(
                    $"Two threads use the coroutine '{Name}' at the same time. Send to a target from one thread at a time."));
            }

            var plain = HoldPlainly();
            var done = Within(message, item);
            LeavePlainly(plain);
            return done;
        }

        if (_strand.TryHold(out var hold))
        {
            var done = Within(message, item);
            _strand.Leave(hold);
            return done;
        }

        var send = message is null ? new PendingSend<T>(this).ForItem(item) : new PendingSend<T>(this).For(message);
        var sent = send.AsValueTask();
        _strand.Enter(send);
        return sent;
    }

    private ValueTask Within(ControlMessage? message, T item) => message is null ? SendWithin(item) : SignalWithin(message);

    private StrandThread.Hold HoldPlainly()
    {
        var thread = StrandThread.Current;
        _holder = thread.Id;
        return thread.Enter(this);
    }

    private void LeavePlainly(in StrandThread.Hold hold)
    {
        _holder = 0;
        if (_strand is null)
        {
            hold.Restore();
        }
        else
        {
            _strand.Leave(hold);
        }
    }
}
