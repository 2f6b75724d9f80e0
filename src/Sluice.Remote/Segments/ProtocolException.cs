namespace Sluice;

/// <summary>The other side of a connection sent something that the protocol does not have at that place, or damaged bytes. The
/// connection ends with it: it is the inner exception of what a run or a worker then reports.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class ProtocolException : Exception
{
    internal ProtocolException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
