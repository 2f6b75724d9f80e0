namespace Sluice;

/// <summary>The start of a coroutine that was called too deep on the stack. It waits in the strand's queue, if there is a
/// strand, and at the outermost coroutine that awaits it so far: the first thread that comes starts it.</summary>
/// <remarks>Owner: the strand's holder; outside every strand, the thread that runs or awaits the outermost.</remarks>
internal sealed class DeferredStart(Coroutine coroutine) : StrandWork
{
    private ExecutionContext? _context = ExecutionContext.Capture();
    private bool _started;

    internal Coroutine Coroutine => coroutine;

    /// <summary>It does not start: another one, made of stored state, takes its place.</summary>
    internal void Cancel() => _started = true;

    internal override void Run()
    {
        if (_started)
        {
            return;
        }

        _started = true;
        if (_context is { } context)
        {
            _context = null;
            ExecutionContext.Restore(context);
        }

        coroutine.Resume();
    }
}
