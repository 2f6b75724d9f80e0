using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The control messages that come in at an entry.</summary>
internal static class EntryControl
{
    /// <summary>Does what a message says. True: it has ended the edge.</summary>
    internal static async Coroutine<bool> Take<T>(InletControl control, SourceRun<T> run, EntryMarks marks)
    {
        switch (control.Message)
        {
            case CloseMessage:
                return true;
            case FaultMessage { Error: var failure }:
                run.Run.Learn(failure);
                ExceptionDispatchInfo.Throw(failure);
                return true;
            case ThrowMessage { Error: var error }:
                await Raise(error, control.Done!, run);
                return false;
            case MarkMessage mark:
                await marks.Arrive(mark.Number);
                return false;
            case var other:
                throw new UnreachableException($"A {other.Name} came over an edge between segments, which carries closes, faults, throws and marks.");
        }
    }

    private static async Coroutine Raise<T>(Exception error, Action<Exception?> done, SourceRun<T> run)
    {
        Exception? back = null;
        try
        {
            await run.Next.ThrowAsync(error);
        }
        catch (Exception raised)
        {
            back = raised;
        }

        done(back is TargetClosedException { Failed: false } ? null : back);
        if (back is not null)
        {
            ExceptionDispatchInfo.Throw(back);
        }
    }
}
