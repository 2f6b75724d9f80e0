namespace Sluice;

/// <summary>The choices for an item that comes when a buffer is full. The default of each buffer is said there.</summary>
public enum OnFull
{
    /// <summary>The sender waits until there is room, and where it cannot wait is blocked: nothing is lost.</summary>
    Wait,

    /// <summary>The item that has waited longest is dropped.</summary>
    DropOldest,

    /// <summary>The item that comes is dropped; what waits stays.</summary>
    DropNewest,

    /// <summary>The run fails with an <see cref="InvalidOperationException"/>.</summary>
    Fail,
}
