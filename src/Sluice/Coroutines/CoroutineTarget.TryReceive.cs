namespace Sluice;

/// <content>Receiving with an end to the wait. Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    internal TimeProvider RunTimeProvider => _strand?.TimeProvider ?? TimeProvider.System;

    private TimedWait<T> Wait => Details.Wait ??= new TimedWait<T>(this, RunTimeProvider);

    /// <summary>Returns whether there is something to take, or the wait is over before it has begun.</summary>
    internal bool TryReceiveIsReady(TimeSpan timeout, Task? until)
    {
        if (ReceiveIsReady)
        {
            return true;
        }

        if (_details is not { HasWaiting: true } && (until?.IsCompleted ?? timeout == TimeSpan.Zero))
        {
            Wait.IsOver = true;
            return true;
        }

        return false;
    }

    internal void ParkInTime(Coroutine receiver, TimeSpan timeout, Task? until)
    {
        if (until is not null)
        {
            Wait.Begin(until);
        }
        else
        {
            Wait.Begin(timeout);
        }

        Park(receiver);
    }

    /// <summary>The same until <see cref="Signal"/>.</summary>
    internal void ParkForItemOrSignal(Coroutine receiver)
    {
        Wait.BeginForSignal();
        Park(receiver);
    }

    internal Received<T> TakeInTime()
    {
        if (_details?.Wait is { } wait)
        {
            wait.End();
            if (wait.IsOver)
            {
                wait.IsOver = false;
                return default;
            }
        }

        return Take() ? new(Item) : new(isClosed: true);
    }

    /// <summary>The wait is over, if the receiver is still in it.</summary>
    internal void EndWait(TimedWait<T> wait)
    {
        if (_state == PortState.Parked)
        {
            wait.IsOver = true;
            MoveTo(PortState.Between);
            _receiver!.Resume();
        }
        else if (_state == PortState.Pausing)
        {
            EndPause(wait);
        }
    }
}
