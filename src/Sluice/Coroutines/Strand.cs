using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>
/// The home of coroutines: it hands out the strand that guards them. A pipeline's run is its own home (its
/// <see cref="Strand"/>); a target started by hand is a home too and makes a real strand only when it first needs one.
/// </summary>
internal interface IStrandHome
{
    /// <summary>The strand, made on first use. Only the thread that holds the home may ask.</summary>
    Strand Strand { get; }
}

/// <summary>Something that waits for its turn in a strand. It stands in at most one queue at a time.</summary>
internal abstract class StrandWork
{
    /// <summary>Link of the queue that holds it; owned by that queue.</summary>
    internal StrandWork? Next;

    /// <summary>Called by the strand's holder, never nested in other work of the same strand.</summary>
    internal abstract void Run();
}

/// <summary>
/// Mutual exclusion for coroutines without locks: one holder at a time, and a thread that finds the strand held leaves
/// its work to the holder, which runs it before it lets go (design, rule 7).
/// </summary>
/// <remarks>
/// <para>Two queues. <c>_outside</c> takes work from any thread: null means free, <see cref="s_held"/> means held
/// with nothing waiting, anything else is a stack of work, newest first, that ends in <see cref="s_held"/>.
/// <c>_ready</c> belongs to the holder: coroutines that our own awaiters made ready, first in, first out.</para>
/// <para>Code outside every strand (a sender that awaited by hand, code that awaits a run or a completion) never runs on the
/// strand's stack: it is resumed on the thread pool, or in the context that it came with (docs/decisions/0034).</para>
/// </remarks>
[DebuggerDisplay("{_outside is null ? \"free\" : \"held\",nq}")]
internal sealed partial class Strand : IStrandHome
{
    private static readonly StrandWork s_held = new HeldMark();

    private readonly IStrandHome _home;

    private StrandWork? _outside;
    private StrandWork? _readyHead; // owner: the holder
    private StrandWork? _readyTail; // owner: the holder
    private HashSet<Coroutine>? _unawaited; // owner: the holder
    private Action? _whenReleased; // owner: the holder

    /// <summary>The holder's thread. Written by the holder only; another thread may read a stale value, which is benign:
    /// it can never read itself unless it wrote that. The runtime's own object, since a send reads that thread's context next to it:
    /// one look at thread-local storage for both.</summary>
    private Thread? _holder;

    /// <summary>A free strand that is its own home: a pipeline's run.</summary>
    internal Strand() => _home = this;

    /// <summary>The strand of a home that the calling thread holds already.</summary>
    internal Strand(IStrandHome heldHome)
    {
        _home = heldHome;
        _outside = s_held;
        _holder = Thread.CurrentThread;
    }

    Strand IStrandHome.Strand => this;

    /// <summary>The token of the run, for targets that are started within the strand; a node has one of its own.</summary>
    internal CancellationToken Cancellation => Ending?.TokenWith(RunCancellation) ?? default;

    /// <summary>Cancelled when the run is cancelled.</summary>
    internal CancellationToken RunCancellation { private get; init; }

    /// <summary>Cancelled when the run has failed.</summary>
    internal LazyToken? Ending { private get; init; }

    /// <summary>The clock of the run, for every inbox in the strand.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The context in which work begins that has none of its own. Null: that of the thread that holds the strand, which may be
    /// one that a stage has started, with what it has put there.</summary>
    internal ExecutionContext? Context { private get; set; }

    /// <summary>The host that it runs on; null for any thread that enters it. Default: the event loop that it is made on, if there is one.</summary>
    internal StrandHost? Host { get; init; } = StrandHost.Current;

    /// <summary>Called each time before it is let go, when nothing waits for its turn.</summary>
    internal event Action? BeforeRelease;

    /// <summary>Called when a send that waited has completed; null unless a mark waits for that. Holder only.</summary>
    internal Action? SendCompleted { get; set; }

    /// <summary>Does now what is done before it is let go: the holder is going to look about for a while. Holder only.</summary>
    internal void GetReadyToWait() => BeforeRelease?.Invoke();

    /// <summary>The innermost home that this thread is inside of; null outside every strand.</summary>
    internal static IStrandHome? CurrentHome => StrandThread.Current.Home;

    internal IStrandHome Home => _home;

    /// <summary>Gets whether something waits for its turn. For the holder, that it may give way.</summary>
    internal bool HasWork => _readyHead is not null || Volatile.Read(ref _outside) != s_held;

    internal bool IsHeldHere => ReferenceEquals(_holder, Thread.CurrentThread);

    private bool IsElsewhere => Host is { IsHere: false };

    /// <summary>Takes the strand if it is free, and runs here. Pair with <see cref="Leave"/>.</summary>
    internal bool TryHold(out StrandThread.Hold hold)
    {
        if (IsElsewhere || Interlocked.CompareExchange(ref _outside, s_held, null) is not null)
        {
            hold = default;
            return false;
        }

        Debug.Assert(_holder is null && _readyHead is null, "A free strand has no holder, and nothing is ready in it.");
        _holder = Thread.CurrentThread;
        hold = StrandThread.Current.Enter(_home);
        return true;
    }

    /// <summary>Runs the work now if the strand is free, else leaves it to the holder. Any thread.</summary>
    internal void Enter(StrandWork work)
    {
        if (IsHeldHere)
        {
            Ready(work);
            return;
        }

        if (IsElsewhere)
        {
            Host!.Post(new(this, work));
            return;
        }

        while (true)
        {
            var seen = Volatile.Read(ref _outside);
            if (seen is null)
            {
                if (TryHold(out var hold))
                {
                    work.Next = null; // that of a try to leave it to the holder, which has gone since
                    try
                    {
                        work.Run();
                    }
                    finally
                    {
                        Leave(hold);
                    }

                    return;
                }
            }
            else
            {
                work.Next = seen;
                if (Interlocked.CompareExchange(ref _outside, work, seen) == seen)
                {
                    return;
                }
            }
        }
    }

    /// <summary>Queues work behind those that are ready already. Holder only.</summary>
    internal void Ready(StrandWork work)
    {
        AssertInvariants();
        AssertIsNotReady(work);
        work.Next = null;
        if (_readyTail is null)
        {
            _readyHead = work;
        }
        else
        {
            _readyTail.Next = work;
        }

        _readyTail = work;
    }

    /// <summary>Queues work behind everything that waits, from outside too. Holder only.</summary>
    internal void EnterBehind(StrandWork work)
    {
        AssertInvariants();
        if (Volatile.Read(ref _outside) != s_held)
        {
            TakeOutside();
        }

        Ready(work);
    }

    /// <summary>Runs everything that waits, lets go, and restores the thread. What it throws comes out of this after
    /// all that: else the strand would stay held by a thread that has left it.</summary>
    internal void Leave(StrandThread.Hold hold)
    {
        AssertInvariants();
        ExceptionDispatchInfo? failure = null;
        Action? released;
        while (true)
        {
            RunReady(hold, ref failure);
            if (_readyHead is not null)
            {
                continue;
            }

            released = _whenReleased;
            _whenReleased = null;
            AssertInvariants();
            _holder = null; // before the exchange: afterwards the next holder writes it
            if (Interlocked.CompareExchange(ref _outside, null, s_held) == s_held)
            {
                break;
            }

            _holder = Thread.CurrentThread;
            _whenReleased = released;
            TakeOutside();
        }

        hold.Restore();
        released?.Invoke();
        failure?.Throw();
    }

    private void RunReady(StrandThread.Hold hold, ref ExceptionDispatchInfo? failure)
    {
        try
        {
            while (_readyHead is { } work)
            {
                _readyHead = work.Next;
                if (_readyHead is null)
                {
                    _readyTail = null;
                }

                work.Next = null;
                ContextFlow.Restore(Context ?? hold.Context); // what the one before left behind is not for this one
                work.Run();
            }

            BeforeRelease?.Invoke();
        }
        catch (Exception error)
        {
            failure ??= ExceptionDispatchInfo.Capture(error);
        }
    }

    /// <summary>Makes a call within the strand: now, if it is free or held by this thread, else in its turn. Any thread.</summary>
    internal ValueTask CallAsync<TState>(TState state, Func<TState, ValueTask> call)
    {
        if (IsHeldHere)
        {
            return call(state);
        }

        if (TryHold(out var hold))
        {
            try
            {
                return call(state);
            }
            finally
            {
                Leave(hold);
            }
        }

        var work = new OutsideCall<TState>(state, call);
        Enter(work);
        return new(work.Task);
    }

    /// <summary>Has the library's own code called once, when the strand is let go. Holder only.</summary>
    internal void WhenReleased(Action action)
    {
        AssertInvariants();
        _whenReleased += action;
    }

    /// <summary>Remembers a child that failed with no one awaiting it (rule 12). Holder only.</summary>
    internal void AddUnawaited(Coroutine failed)
    {
        AssertInvariants();
        (_unawaited ??= []).Add(failed);
    }

    internal void RemoveUnawaited(Coroutine observed) => _unawaited?.Remove(observed);

    /// <summary>Takes the failures that no one awaited, in no particular order. Holder only.</summary>
    internal IEnumerable<Exception> TakeUnawaited()
    {
        AssertInvariants();
        var failed = _unawaited;
        _unawaited = null;
        return failed is null ? [] : failed.Select(static child =>
        {
            child.Suspension.SetObserved();
            return child.Error!.SourceException;
        });
    }

    /// <summary>Moves what came from outside behind what is ready, oldest first.</summary>
    private void TakeOutside()
    {
        var newest = Interlocked.Exchange(ref _outside, s_held);
        StrandWork? oldest = null;
        while (newest != s_held)
        {
            var older = newest!.Next;
            newest.Next = oldest;
            oldest = newest;
            newest = older;
        }

        while (oldest is not null)
        {
            var next = oldest.Next;
            Ready(oldest);
            oldest = next;
        }
    }

    /// <summary>What holds whenever the calling thread is the holder.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(IsHeldHere, "Only the holder may do this.");
        Debug.Assert(Volatile.Read(ref _outside) is not null, "A held strand is marked as held.");
        Debug.Assert((_readyHead is null) == (_readyTail is null), "The queue has a first work and no last one, or the other way round.");
        Debug.Assert(_readyTail?.Next is null, "Something follows the last work of the queue.");
    }

    /// <summary>Work stands in one queue once: else what follows it there is lost, or the queue has no end. Looks at the first ones, and at the last.</summary>
    [Conditional("DEBUG")]
    private void AssertIsNotReady(StrandWork work)
    {
        const int Few = 8;
        Debug.Assert(work != _readyTail, "The work is the last of the queue already.");
        var at = _readyHead;
        for (var i = 0; i < Few && at is not null; i++, at = at.Next)
        {
            Debug.Assert(at != work, "The work stands in the queue already.");
        }
    }

    private sealed class HeldMark : StrandWork
    {
        internal override void Run() => throw new InvalidOperationException("The mark of a held strand was run.");
    }
}
