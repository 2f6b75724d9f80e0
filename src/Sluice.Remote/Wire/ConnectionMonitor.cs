namespace Sluice;

/// <summary>Looks at the connections of the process every two milliseconds, as long as one of them gives a reason to: a reader that is
/// away in application code gets a successor, frames that wait for a flush that does not come get the writer. It goes on for
/// a tenth of a second after the last reason, so that a busy connection never has to start it.</summary>
internal static class ConnectionMonitor
{
    private const int IdleTicks = 50;

    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(2);
    private static readonly Lock s_lock = new();
    private static readonly WakeUpSemaphore s_wake = new();

    /// <summary>Guard: s_lock; replaced as a whole, so that it may be read without.</summary>
    private static Connection[] s_watched = [];

    /// <summary>Guard of writes: s_lock. Read without: see <see cref="Arm"/>.</summary>
    private static bool s_isTicking;

    /// <summary>Guard: s_lock.</summary>
    private static bool s_hasThread;

    private static long s_starts;

    /// <summary>The number of times that it had to be started, which costs a wake-up.</summary>
    internal static long Starts => Volatile.Read(ref s_starts);

    internal static void Watch(Connection connection)
    {
        lock (s_lock)
        {
            s_watched = [.. s_watched, connection];
        }
    }

    internal static void Forget(Connection connection)
    {
        lock (s_lock)
        {
            s_watched = [.. s_watched.Where(watched => watched != connection)];
            if (s_watched.Length == 0 && s_hasThread)
            {
                s_wake.Add();
            }
        }
    }

    /// <summary>There is a reason to look. The caller has published it, with a full fence, before: so either the monitor sees the
    /// reason before it stops, or the caller sees here that it has stopped.</summary>
    internal static void Arm()
    {
        if (!Volatile.Read(ref s_isTicking))
        {
            Start();
        }
    }

    private static void Start()
    {
        lock (s_lock)
        {
            if (s_isTicking)
            {
                return;
            }

            if (!s_hasThread && !ConnectionThread.TryStart(ConnectionOptions.Default.StartThread, "Sluice connection monitor", Run))
            {
                return; // the next one who arms it tries again
            }

            s_hasThread = true;
            s_isTicking = true;
            s_starts++;
            s_wake.Add();
        }
    }

    private static void Run()
    {
        do
        {
            s_wake.Wait();
            for (var idle = 0; idle < IdleTicks || !TryStop(); idle = Look() ? 0 : idle + 1)
            {
                Thread.Sleep(s_tick);
            }
        }
        while (!TryEnd());
    }

    private static bool Look()
    {
        var isBusy = false;
        foreach (var connection in Volatile.Read(ref s_watched))
        {
            isBusy |= connection.Tick();
        }

        return isBusy;
    }

    private static bool TryStop()
    {
        lock (s_lock)
        {
            s_isTicking = false;
        }

        Interlocked.MemoryBarrier();
        if (!Look())
        {
            return true;
        }

        lock (s_lock)
        {
            s_isTicking = true; // if another thread has started it in the meantime there is a wake-up to spare, which does no harm
        }

        return false;
    }

    /// <summary>The thread ends with the last connection.</summary>
    private static bool TryEnd()
    {
        lock (s_lock)
        {
            if (s_watched.Length > 0 || s_isTicking)
            {
                return false;
            }

            s_hasThread = false;
            return true;
        }
    }
}
