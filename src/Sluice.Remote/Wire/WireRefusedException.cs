namespace Sluice;

/// <summary>The other side has refused a connection, and says why in the message: another protocol, an application that is not hosted
/// there, a secret or a certificate that is not trusted, TLS at one end alone, no room for one more part. Awaited: a run whose part was to go there fails with it.</summary>
/// <remarks>The other side is reached and answers, which distinguishes this from other <see cref="IOException"/>s. Thread safety: immutable.</remarks>
public sealed class WireRefusedException : IOException
{
    internal WireRefusedException(RefusalReason reason, string message)
        : base(message) => Reason = reason;

    internal RefusalReason Reason { get; }
}
