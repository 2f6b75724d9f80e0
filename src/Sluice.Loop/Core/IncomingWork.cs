using System.Diagnostics;

namespace Sluice;

/// <summary>The work that other threads hand to a loop, and how they wake it. Thread safety: each member says which thread calls it; a lock guards what
/// several touch.</summary>
/// <remarks>
/// <para>The states, and what leads from one to another:</para>
/// <list type="table">
/// <item><term>running to woken</term><description><see cref="Wake"/>: the loop does not sleep next time.</description></item>
/// <item><term>running to asleep</term><description><see cref="TrySleep"/>, if nothing has come.</description></item>
/// <item><term>asleep to woken</term><description><see cref="Wake"/> and <see cref="TryAdd"/>, which end the poller's wait.</description></item>
/// <item><term>woken or asleep to running</term><description><see cref="EndSleep"/>.</description></item>
/// <item><term>running or woken to ended</term><description><see cref="End"/> and <see cref="TryEnd"/>. There is no way back.</description></item>
/// </list>
/// </remarks>
internal sealed class IncomingWork(Poller poller)
{
    private readonly Lock _gate = new();
    private List<WorkItem> _incoming = []; // guard: _gate

    /// <summary>Taken from the list above; empty between two looks. Owner: the loop's thread.</summary>
    private List<WorkItem> _taken = [];

    /// <summary>Written under the gate. The loop's thread reads it without: a stale false is benign, since it looks again under the gate before it
    /// sleeps or ends.</summary>
    private volatile bool _hasWork;

    /// <summary>Written under the gate, read by <see cref="HasEnded"/> without: an end that is not seen yet is found under the gate.</summary>
    private volatile State _state;

    private enum State
    {
        /// <summary>The loop runs, or polls without waiting.</summary>
        Running,

        /// <summary>Something has happened that it has to look at before it sleeps.</summary>
        Woken,

        /// <summary>It waits in the poller, or is on its way there.</summary>
        Asleep,

        /// <summary>Nothing comes in any more.</summary>
        Ended,
    }

    internal bool HasWork => _hasWork;

    internal bool HasEnded => _state == State.Ended;

    /// <summary>From any other thread; false if the loop has ended.</summary>
    internal bool TryAdd(in WorkItem item)
    {
        lock (_gate)
        {
            AssertInvariants();
            if (_state == State.Ended)
            {
                return false;
            }

            _incoming.Add(item);
            _hasWork = true;
            if (_state == State.Asleep)
            {
                WakeSleeper();
            }

            return true;
        }
    }

    /// <summary>Ends the loop's wait, or keeps it from the next one. From any thread, also after the end.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            AssertInvariants();
            if (_state == State.Asleep)
            {
                WakeSleeper();
            }
            else if (_state == State.Running)
            {
                _state = State.Woken;
            }
        }
    }

    /// <summary>Before the loop waits in the poller; false if there is something to do first. Loop's thread.</summary>
    internal bool TrySleep()
    {
        lock (_gate)
        {
            AssertInvariants();
            if (_hasWork || _state == State.Woken)
            {
                return false;
            }

            Debug.Assert(_state == State.Running, "A loop that sleeps or has ended is about to sleep.");
            _state = State.Asleep;
            return true;
        }
    }

    /// <summary>The poller has returned. Loop's thread.</summary>
    /// <returns>Whether the loop has slept and no other thread has woken it.</returns>
    internal bool EndSleep()
    {
        lock (_gate)
        {
            AssertInvariants();
            Debug.Assert(_state != State.Ended, "A loop that has ended has slept.");
            var wasAsleep = _state == State.Asleep;
            _state = State.Running;
            return wasAsleep;
        }
    }

    /// <summary>Moves what has come in to the loop's queue. Loop's thread.</summary>
    internal void MoveTo(WorkQueue ready)
    {
        if (!_hasWork)
        {
            return;
        }

        lock (_gate)
        {
            AssertInvariants();
            Debug.Assert(_taken.Count == 0, "Work was taken and not moved.");
            (_incoming, _taken) = (_taken, _incoming);
            _hasWork = false;
        }

        foreach (var item in _taken)
        {
            ready.Enqueue(item);
        }

        _taken.Clear();
    }

    /// <summary>From here on nothing comes in; false if something has. Loop's thread.</summary>
    internal bool TryEnd()
    {
        lock (_gate)
        {
            AssertInvariants();
            if (_hasWork)
            {
                return false;
            }

            _state = State.Ended;
            return true;
        }
    }

    /// <summary>From here on nothing comes in, and what is there is dropped. Loop's thread; a second call does nothing.</summary>
    internal void End()
    {
        lock (_gate)
        {
            Debug.Assert(_state != State.Asleep, "A loop ends while it sleeps.");
            _state = State.Ended;
        }
    }

    /// <summary>The same, and disposes of the poller: under the gate, so that no thread is about to wake it.</summary>
    internal void EndWithPoller()
    {
        lock (_gate)
        {
            _state = State.Ended; // from any state: the poller may have thrown
            poller.Dispose();
        }
    }

    /// <summary>Under the gate, so that the poller cannot be gone.</summary>
    private void WakeSleeper()
    {
        _state = State.Woken;
        poller.Wake();
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "The gate is not held.");
        Debug.Assert(_hasWork == (_incoming.Count > 0), "The mark does not say whether there is work.");
        Debug.Assert(_state != State.Asleep || !_hasWork, "The loop sleeps although there is work.");
    }
}
