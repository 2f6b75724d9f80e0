namespace Sluice;

/// <summary>Keeps what a log of the application throws from ending what it is told of: an accept loop, a handshake's thread, a part.</summary>
internal static class GuardedLog
{
    /// <summary>The same log; what it throws is a failure that no one has looked at (<see cref="TaskScheduler.UnobservedTaskException"/>).</summary>
    internal static Action<string> Over(Action<string> log) => line =>
    {
        try
        {
            log(line);
        }
        catch (Exception failure)
        {
            _ = Task.FromException(new InvalidOperationException($"The log failed at this line: {line}", failure));
        }
    };
}
