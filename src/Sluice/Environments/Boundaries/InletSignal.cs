namespace Sluice;

/// <summary>What comes along an edge beside items.</summary>
internal enum SignalKind : byte
{
    /// <summary>The sending side has ended normally.</summary>
    Close,

    /// <summary>It has failed.</summary>
    Fault,

    /// <summary>It throws an error in, and waits until that was dealt with.</summary>
    Throw,
}

/// <summary>One such, at its place among the items.</summary>
/// <param name="Position">How many items come before it.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Error">The error, if it is one.</param>
/// <param name="Done">Called when a thrown error was dealt with: with what came back, or null.</param>
internal sealed record InletSignal(long Position, SignalKind Kind, Exception? Error, Action<Exception?>? Done);
