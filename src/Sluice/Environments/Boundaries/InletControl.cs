namespace Sluice;

/// <summary>A control message at its place among the items of an edge between segments.</summary>
/// <param name="Position">How many items come before it.</param>
/// <param name="Message">The message: a close or a fault, which end the edge, or a throw.</param>
/// <param name="Done">Called when the reading side has handled a throw: with the error that came back, or null.</param>
internal sealed record InletControl(long Position, ControlMessage Message, Action<Exception?>? Done);
