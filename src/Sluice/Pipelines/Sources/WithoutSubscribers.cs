namespace Sluice;

/// <summary>The choices for a shared source (<see cref="SharedSource{T}"/>) to which no one is subscribed.</summary>
public enum WithoutSubscribers
{
    /// <summary>The source waits with its next item for a subscriber: nothing is lost.</summary>
    Wait,

    /// <summary>The source goes on, and its items are dropped; those that are replayed are kept.</summary>
    Drop,

    /// <summary>The source is cancelled when the last subscriber has gone, and runs again from its beginning for the next one.</summary>
    Stop,
}
