namespace Sluice;

/// <summary>A <see cref="LoopQueue{T}"/> was closed: it takes no more items, or has given its last.</summary>
public sealed class LoopQueueClosedException : InvalidOperationException
{
    internal LoopQueueClosedException(string queue)
        : base($"The {queue} is closed.")
    {
    }
}
