namespace Sluice;

/// <summary>Why a listener refuses a client. The numbers are part of the protocol.</summary>
internal enum RefusalReason : byte
{
    /// <summary>What came is not the handshake.</summary>
    Malformed = 1,

    /// <summary>The two sides have no version of the protocol in common.</summary>
    Version = 2,

    /// <summary>The client has not proved who it is.</summary>
    Authentication = 3,

    /// <summary>There are as many connections as are allowed; later there may be fewer.</summary>
    Busy = 4,

    /// <summary>The layer above does not want it.</summary>
    Application = 5,

    /// <summary>The session to go on with is not there, or not any more.</summary>
    UnknownSession = 6,

    /// <summary>One side speaks TLS and the other one does not. Said without TLS.</summary>
    Encryption = 7,
}
