namespace Sluice;

/// <summary>Wake-ups that are counted: each lets one wait pass. There is nothing to dispose of, unlike with the system's semaphores.</summary>
internal sealed class WakeUpSemaphore
{
    private readonly object _gate = new();

    /// <summary>Guard: _gate.</summary>
    private int _count;

    internal void Add()
    {
        lock (_gate)
        {
            _count++;
            Monitor.Pulse(_gate);
        }
    }

    internal void Wait()
    {
        lock (_gate)
        {
            while (_count == 0)
            {
                Monitor.Wait(_gate);
            }

            _count--;
        }
    }
}
