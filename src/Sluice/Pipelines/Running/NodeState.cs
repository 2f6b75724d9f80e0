namespace Sluice;

/// <summary>The life of a <see cref="Node"/>. It only goes downwards in this list.</summary>
/// <remarks>
/// <code>
/// state         to            by
/// Working       InputFailed   EndInput: the first failure of an input
/// Working       Ended         End
/// InputFailed   Ended         End
/// Ended         Settled       TrySettle: all that it feeds is done
/// </code>
/// That its work is of no use any more is no state: it comes before the end, or behind it, when work that its coroutine has left behind still waits.
/// </remarks>
internal enum NodeState
{
    /// <summary>Its body may take items, send or wait.</summary>
    Working,

    /// <summary>The same, but all its inboxes were closed behind the failure of an input: a further failure changes nothing.</summary>
    InputFailed,

    /// <summary>Its body has ended, and what ends by it may not have.</summary>
    Ended,

    /// <summary>It and all that ends by it have ended.</summary>
    Settled,
}
