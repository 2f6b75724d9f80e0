namespace Sluice;

/// <summary>The first byte of a node's state: what follows it.</summary>
internal enum StateKind : byte
{
    /// <summary>It has ended.</summary>
    Ended = 1,

    /// <summary>A source with its position.</summary>
    Source = 2,

    /// <summary>A source that has not begun.</summary>
    NewSource = 3,

    /// <summary>A coroutine that waits.</summary>
    Coroutine = 4,

    /// <summary>An operator with its fields.</summary>
    Operator = 5,

    /// <summary>A node of a pool, with its values.</summary>
    Values = 6,

    /// <summary>A source that has ended, with its last position: it is told that this is committed.</summary>
    EndedSource = 7,
}
