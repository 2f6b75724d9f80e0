namespace Sluice;

/// <summary>What happens to an item that a bounded buffer has no room for.</summary>
public enum OnFull
{
    /// <summary>The run fails with an <see cref="InvalidOperationException"/>, after the items in the buffer.</summary>
    Fail,

    /// <summary>The oldest item in the buffer is dropped to make room.</summary>
    DropOldest,

    /// <summary>The item that comes is dropped; the buffer stays as it is.</summary>
    DropNewest,

    /// <summary>Whoever produces the item is blocked until there is room.</summary>
    Wait,
}
