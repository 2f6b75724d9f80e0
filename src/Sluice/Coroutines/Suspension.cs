using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The rarely needed part of a coroutine: what it takes to wait for something outside its inbox.</summary>
/// <remarks>It is the entry that brings the coroutine back into its strand, whoever resumes it and on whatever thread.
/// Owner: the strand's holder, except that a foreign awaiter may call <see cref="Resumed"/> from anywhere.</remarks>
internal sealed class Suspension(Coroutine coroutine, IStrandHome home) : StrandEntry
{
    private Action? _resumed;
    private ExecutionContext? _context;

    /// <summary>What the coroutine failed with.</summary>
    internal ExceptionDispatchInfo? Error;

    internal Coroutine Coroutine => coroutine;

    internal IStrandHome Home => home;

    /// <summary>The continuation given to awaiters that are not ours: one delegate for the life of the coroutine.</summary>
    internal Action Resumed => _resumed ??= OnResumed;

    /// <summary>Before the coroutine leaves its strand: keeps the flow of context, makes sure there is a real strand.</summary>
    internal void GoAway()
    {
        _ = home.Strand;
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

    private void OnResumed() => home.Strand.Enter(this);
}
