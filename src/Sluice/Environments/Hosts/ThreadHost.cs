using System.Diagnostics;

namespace Sluice;

/// <summary>One thread for one strand. It ends when it is told to, behind what was posted before.</summary>
[DebuggerDisplay("{_thread.Name,nq}")]
#pragma warning disable CA1001 // the thread itself disposes of what it waits for, last of all
internal sealed class ThreadHost : StrandHost
#pragma warning restore CA1001
{
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Guards the queue and the two flags.</summary>
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private Queue<StrandTurn> _incoming = new();
    private Queue<StrandTurn> _taken = new(); // owner: the thread
    private volatile bool _hasIncoming;
    private bool _isStopping;
    private volatile bool _hasEnded;

    internal ThreadHost(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.UnsafeStart();
    }

    /// <summary>Completes when the thread is about to end.</summary>
    internal Task Ended => _ended.Task;

    public override bool IsHere => ReferenceEquals(Thread.CurrentThread, _thread) || _hasEnded;

    public override int SpinCount => ShortSpin.Rounds;

    public override void Post(StrandTurn turn)
    {
        lock (_gate)
        {
            if (!_hasEnded)
            {
                _incoming.Enqueue(turn);
                _hasIncoming = true;
                _wake.Set();
                return;
            }
        }

        turn.Run(); // a late continuation: nothing of the strand is left that could be disturbed
    }

    /// <summary>Has the thread end.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _isStopping = true;
            _hasIncoming = true;
            _wake.Set();
        }
    }

    private void Run()
    {
        while (TakeAll())
        {
            while (_taken.TryDequeue(out var next))
            {
                next.Run();
            }
        }

        _wake.Dispose();
        _ended.SetResult();
    }

    /// <summary>Waits until there is something; false if the thread should end.</summary>
    private bool TakeAll()
    {
        for (var round = 0; !_hasIncoming && round < ShortSpin.Rounds; round++)
        {
            ShortSpin.Pause(round);
        }

        _wake.Wait();
        lock (_gate)
        {
            (_incoming, _taken) = (_taken, _incoming);
            _hasIncoming = _isStopping;
            if (_taken.Count == 0 && _isStopping)
            {
                _hasEnded = true;
                return false;
            }

            if (!_isStopping)
            {
                _wake.Reset();
            }

            return true;
        }
    }
}
