using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The rarely needed part of a coroutine: what it takes to wait for something outside its inbox.</summary>
/// <remarks>It is the work that brings the coroutine back into its strand, from every caller and every thread.
/// Owner: the strand's holder, except that a foreign awaiter may call <see cref="Resumed"/> from anywhere.</remarks>
internal sealed class Suspension(Coroutine coroutine) : StrandWork
{
    private Action? _resumed;
    private ExecutionContext? _context;
    private Strand? _strand;

    /// <summary>From this depth on an exception that passes through nested coroutines keeps the stack it has: each
    /// capture copies the whole stack, so that a very deep chain would take time and memory by the square of its depth.</summary>
    private const int MaxCapturedDepth = 64;

    /// <summary>The failure that an await on this thread has just thrown on.</summary>
    [ThreadStatic] private static Suspension? t_thrown;

    private int _depth;
    private short _sendVersion;
    private Unobserved _unobserved;

    /// <summary>The send that it awaits, directly or further in, while nothing awaits it. It may be done by now, and serve another send under another
    /// version.</summary>
    private PendingMessage? _send;

    /// <summary>The failure of the coroutine.</summary>
    internal ExceptionDispatchInfo? Error { get; private set; }

    internal void SetError(Exception error)
    {
        var thrown = t_thrown;
        t_thrown = null;
        if (thrown is not null && ReferenceEquals(thrown.Error!.SourceException, error))
        {
            _depth = thrown._depth + 1;
        }

        Error = _depth < MaxCapturedDepth ? ExceptionDispatchInfo.Capture(error) : thrown!.Error;
    }

    /// <summary>Its method's name, if it has failed before it was boxed, and the name is wanted; here, so that one that succeeds has no
    /// room for it.</summary>
    internal string? NameOfEnded { get; set; }

    /// <summary>No one awaits what has failed, so far.</summary>
    internal void KeepUnobserved() => _unobserved.Keep(Error!.SourceException);

    /// <summary>Someone has come to await it, or reports it.</summary>
    internal void SetObserved() => _unobserved.Observe();

    internal void Throw()
    {
        SetObserved();
        t_thrown = this;
        Error!.Throw();
    }

    internal Coroutine Coroutine => coroutine;

    /// <summary>The home that the coroutine left.</summary>
    internal IStrandHome Home { get; private set; } = null!;

    /// <summary>The coroutine that it awaits, directly or further in, and that could not start because the stack was too deep.</summary>
    internal DeferredStart? DeferredStart { get; set; }

    internal void KeepAwaitedSend(PendingMessage send) => (_send, _sendVersion) = (send, send.Version);

    /// <summary>Another coroutine awaits this one now: what the outermost keeps is its own.</summary>
    internal void HandOnTo(Coroutine outer)
    {
        if (DeferredStart is { } start)
        {
            DeferredStart = null;
            outer.Suspension.DeferredStart = start;
        }

        LookForCycle(outer);
    }

    /// <summary>The send that it awaits may close a cycle, now that there is someone who waits for the coroutine.</summary>
    /// <param name="outer">The outermost coroutine that is known.</param>
    internal void LookForCycle(Coroutine outer)
    {
        if (_send is { } send)
        {
            _send = null;
            send.LookForCycle(outer, _sendVersion);
        }
    }

    /// <summary>The continuation given to awaiters that are not ours: one delegate for the life of the coroutine.</summary>
    internal Action Resumed => _resumed ??= OnResumed;

    /// <summary>Before the coroutine leaves its strand: keeps the flow of context, makes sure there is a real strand.</summary>
    internal void GoAway()
    {
        var generator = coroutine.Home is null ? StrandThread.Current.StartingGenerator : coroutine.Home as IGeneratorHome;
        generator?.GoAway();
        Home = coroutine.HomeOrNew();
        _strand = Home.Strand;
        _context = ExecutionContext.Capture();
    }

    internal override void Run()
    {
        if (_context is { } context)
        {
            _context = null;
            ExecutionContext.Restore(context);
        }

        coroutine.Resume();
    }

    private void OnResumed() => _strand!.Enter(this);
}
