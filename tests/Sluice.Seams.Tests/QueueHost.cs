using System.Collections.Concurrent;

namespace Sluice.Seams.Tests;

/// <summary>A host of strands as anyone could write it: one thread that takes turns from a queue.</summary>
public sealed class QueueHost : StrandHost, IDisposable
{
    private readonly BlockingCollection<StrandTurn> _turns = [];
    private readonly Thread _thread;
    private volatile bool _hasEnded;

    public QueueHost()
    {
        _thread = new(Run) { IsBackground = true, Name = "queue host" };
        _thread.Start();
    }

    public override bool IsHere => ReferenceEquals(Thread.CurrentThread, _thread) || _hasEnded;

    public override bool HasEnded => _hasEnded;

    /// <summary>The thread that runs what is posted.</summary>
    internal int ThreadId => _thread.ManagedThreadId;

    public override void Post(StrandTurn turn)
    {
        lock (_turns)
        {
            if (!_turns.IsAddingCompleted)
            {
                _turns.Add(turn);
                return;
            }
        }

        _thread.Join();
        turn.Run(); // the host has ended, so it is here
    }

    public void Dispose()
    {
        lock (_turns)
        {
            _turns.CompleteAdding();
        }

        _thread.Join();
        _turns.Dispose();
    }

    private void Run()
    {
        Current = this;
        foreach (var turn in _turns.GetConsumingEnumerable())
        {
            turn.Run();
        }

        _hasEnded = true;
    }
}
