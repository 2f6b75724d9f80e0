namespace Sluice;

/// <summary>States of a coroutine that was started with <see cref="Target"/>.</summary>
public enum CoroutineStatus
{
    /// <summary>It waits at a receive: the next send is handled at once.</summary>
    Waiting,

    /// <summary>It runs, or waits for something other than its inbox.</summary>
    Busy,

    /// <summary>It ended normally.</summary>
    Completed,

    /// <summary>It ended with an exception, or was abandoned because it went on receiving after close.</summary>
    Faulted,

    /// <summary>It ended because its run was cancelled.</summary>
    Canceled,

    /// <summary>It was moved away with <c>MoveAsync</c>: nothing of it runs here any more.</summary>
    Moved,
}
