namespace Sluice.Durable;

/// <summary>The states of a <see cref="JobSession"/>.</summary>
/// <remarks>From <see cref="Open"/> a session goes to <see cref="Ended"/> (finished, suspended or stopped), <see cref="TakenOver"/> or <see cref="Closed"/>; from each of these to
/// <see cref="Closed"/>. The session of a finished job begins as <see cref="Ended"/>.</remarks>
public enum JobSessionState
{
    /// <summary>It owns the job, as far as it knows.</summary>
    Open,

    /// <summary>It has ended its ownership, or the job is finished: only reading is left.</summary>
    Ended,

    /// <summary>A newer run owns the job. Every call throws, and nothing reaches the store.</summary>
    TakenOver,

    /// <summary>It is disposed.</summary>
    Closed,
}
