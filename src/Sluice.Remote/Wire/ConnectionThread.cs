namespace Sluice;

/// <summary>A thread of a connection. A process that has no memory for one more is no reason to lose a connection: its owner does without, or tries
/// again.</summary>
internal static class ConnectionThread
{
    /// <summary>Starts it. False if the system has no thread to give at the moment.</summary>
    /// <param name="start">See <see cref="ConnectionOptions.StartThread"/>.</param>
    /// <param name="name">Its name, for debuggers.</param>
    /// <param name="run">Its work.</param>
    internal static bool TryStart(Action<Thread> start, string name, ThreadStart run)
    {
        try
        {
            start(new Thread(run) { IsBackground = true, Name = name });
            return true;
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }
}
