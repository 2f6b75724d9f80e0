namespace Sluice;

/// <summary>A client was refused: thrown where it dials, and by a listener's callback to refuse.</summary>
internal sealed class WireRefusedException(RefusalReason reason, string message) : IOException(message)
{
    internal RefusalReason Reason => reason;
}
