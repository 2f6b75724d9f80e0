namespace Sluice;

/// <summary>Closes a transport, or another object that blocks a thread, unless it is disposed of in time.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly Action _cut;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _registration;
    private int _isOver;

    internal Deadline(Action cut, TimeSpan limit, TimeProvider time, CancellationToken cancellation = default)
    {
        _cut = cut;
        _timer = time.CreateTimer(static self => ((Deadline)self!).Cut(), this, limit, Timeout.InfiniteTimeSpan);
        _registration = cancellation.UnsafeRegister(static self => ((Deadline)self!).Cut(), this);
    }

    /// <summary>Gets whether it was cut off.</summary>
    internal bool HasCut => Volatile.Read(ref _isOver) == 2;

    /// <summary>From now on it does not cut any more. False if it has.</summary>
    internal bool TryPass()
    {
        _timer.Dispose();
        _registration.Unregister();
        return Interlocked.CompareExchange(ref _isOver, 1, 0) != 2;
    }

    public void Dispose() => TryPass();

    private void Cut()
    {
        if (Interlocked.CompareExchange(ref _isOver, 2, 0) == 0)
        {
            _cut();
        }
    }
}
